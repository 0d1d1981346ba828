import { orValueInUse } from '@federated-media/media-consumer/value-in-use';
import type pg from 'pg';
import type { Product } from '../product/product.ts';
import type { ProductVariant } from './product-variant.ts';

const DELETE = 'DELETE FROM product_variants WHERE product_id = $1 AND id = ANY($2::uuid[])';
const INSERT = `
  INSERT INTO product_variants (id, store_id, product_id, sku, name, created_at)
  VALUES ($1, $2, $3, $4, $5, $6)`;

/**
 * Writes the variants that differ between `before` and `after`, in the transaction that has locked the product.
 * @throws ValueInUseError
 */
export async function saveVariants(client: pg.PoolClient, before: Product, after: Product) {
  if (before.variants === after.variants) return;
  const removed = idsOnlyIn(before.variants, after.variants);
  if (removed.length > 0) await client.query(DELETE, [before.id, removed]);

  const known = new Set(before.variants.map(({ id }) => id));
  for (const variant of after.variants) {
    if (!known.has(variant.id)) await insert(client, after, variant);
  }
}

async function insert(
  client: pg.PoolClient,
  { storeId, id: productId }: Product,
  variant: ProductVariant,
) {
  const { id, sku, name, createdAt } = variant;
  await orValueInUse(client.query(INSERT, [id, storeId, productId, sku, name, createdAt]));
}

const idsOnlyIn = (
  some: readonly ProductVariant[],
  others: readonly ProductVariant[],
): string[] => {
  const theirs = new Set(others.map(({ id }) => id));
  return some.map(({ id }) => id).filter((id) => !theirs.has(id));
};
