import type pg from 'pg';
import type { Product } from '../product/product.ts';
import type { ProductMedia, Uses } from './product-media.ts';

const DELETE = 'DELETE FROM product_media WHERE product_id = $1 AND id = ANY($2::uuid[])';

const UPDATE = `
  UPDATE product_media AS m
  SET usage_type = c.usage_type, display_order = c.display_order, variant_id = c.variant_id, alt_text = c.alt_text
  FROM unnest($2::uuid[], $3::product_media_usage_type[], $4::int[], $5::uuid[], $6::text[])
    AS c (id, usage_type, display_order, variant_id, alt_text)
  WHERE m.product_id = $1 AND m.id = c.id`;

const INSERT = `
  INSERT INTO product_media
    (product_id, store_id, id, usage_type, display_order, variant_id, alt_text, media_id, created_at)
  SELECT $1, $7, c.*
  FROM unnest($2::uuid[], $3::product_media_usage_type[], $4::int[], $5::uuid[], $6::text[], $8::uuid[],
    $9::timestamptz[]) AS c`;

/**
 * Writes what `after` has other uses than `before`, within the transaction that holds the product: a
 * statement each for those that go, change and come, however many.
 *
 * Unique indexes are checked row by row, so the old main image must have left before the new one comes.
 */
export async function saveUses(client: pg.PoolClient, before: Product, after: Product) {
  if (before.uses === after.uses) return;
  const { gone, changed, added } = compare(before.uses, after.uses);

  if (gone.length > 0) await client.query(DELETE, [after.id, gone.map(({ id }) => id)]);
  for (const uses of [changed.filter((use) => !becomesMain(use)), changed.filter(becomesMain)]) {
    if (uses.length > 0) await client.query(UPDATE, [after.id, ...columnsOf(uses)]);
  }
  if (added.length > 0) {
    const mediaIds = added.map(({ mediaId }) => mediaId);
    const createdAt = added.map((use) => use.createdAt);
    await client.query(INSERT, [after.id, ...columnsOf(added), after.storeId, mediaIds, createdAt]);
  }
}

const becomesMain = ({ usageType }: ProductMedia): boolean => usageType === 'MAIN_IMAGE';

function compare(before: Uses, after: Uses) {
  const former = new Map(before.map((use) => [use.id, use]));
  const stays = new Set(after.map(({ id }) => id));
  return {
    gone: before.filter(({ id }) => !stays.has(id)),
    changed: after.filter((use) => former.has(use.id) && former.get(use.id) !== use),
    added: after.filter(({ id }) => !former.has(id)),
  };
}

const columnsOf = (uses: Uses) => [
  uses.map(({ id }) => id),
  uses.map(({ usageType }) => usageType),
  uses.map(({ displayOrder }) => displayOrder),
  uses.map(({ variantId }) => variantId),
  uses.map(({ altText }) => altText),
];
