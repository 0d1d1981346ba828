import DataLoader from 'dataloader';
import { readId } from './ids.ts';

/**
 * Loads entities by id, for references from other subgraphs: one call of `find` for all ids that are requested at the
 * same time. Null for an unknown or invalid id. Create one per request.
 */
export function createEntityLoader<Entity extends { readonly id: string }>(
  find: (ids: readonly string[]) => Promise<readonly Entity[]>,
) {
  const loader = new DataLoader<string, Entity | null>(async (ids) => {
    const found = new Map((await find(ids)).map((entity) => [entity.id, entity]));
    return ids.map((id) => found.get(id) ?? null);
  });
  return {
    async load(givenId: string): Promise<Entity | null> {
      const id = readId(givenId);
      return id === null ? null : loader.load(id);
    },
  };
}
export type EntityLoader<Entity extends { readonly id: string }> = ReturnType<
  typeof createEntityLoader<Entity>
>;
