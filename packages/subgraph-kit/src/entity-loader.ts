import DataLoader from 'dataloader';
import { readId } from './ids.ts';

/**
 * Entities by id, as other subgraphs refer to them: one call of `find`, however many are asked for at a
 * time. Null for an id that is not found or can be nobody's. For one request only.
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
