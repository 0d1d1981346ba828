import { readId } from '@federated-media/subgraph-kit/ids';
import DataLoader from 'dataloader';
import type { ProductVariantParent } from '../mappers.ts';
import { shownUses } from '../product-media/shown.ts';
import type { Product } from './product.ts';
import type { ProductRepository } from './repository.ts';

/**
 * What other subgraphs refer to, by id: one statement per type, however many they ask for. Null for an id
 * the store does not have. For one request only.
 */
export function createEntityLoaders({
  products,
  storeId,
}: {
  products: ProductRepository;
  storeId: string;
}) {
  return {
    products: loaderBy(
      (ids) => products.findByIds(storeId, ids),
      (product): Product[] => [product],
    ),
    variants: loaderBy(
      (ids) => products.findByVariantIds(storeId, ids),
      (product): ProductVariantParent[] =>
        product.variants.map((variant) => ({ ...variant, product })),
    ),
    uses: loaderBy((ids) => products.findByUseIds(storeId, ids), shownUses),
  };
}
export type EntityLoaders = ReturnType<typeof createEntityLoaders>;

function loaderBy<Entity extends { readonly id: string }>(
  find: (ids: readonly string[]) => Promise<readonly Product[]>,
  entitiesOf: (product: Product) => Entity[],
) {
  const loader = new DataLoader<string, Entity | null>(async (ids) => {
    const found = new Map(
      (await find(ids)).flatMap(entitiesOf).map((entity) => [entity.id, entity]),
    );
    return ids.map((id) => found.get(id) ?? null);
  });
  return {
    async load(givenId: string): Promise<Entity | null> {
      const id = readId(givenId);
      return id === null ? null : loader.load(id);
    },
  };
}
