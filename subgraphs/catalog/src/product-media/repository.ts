import {
  ClaimExpiredError,
  claimAgain,
  takingIntents,
} from '@federated-media/media-consumer/intents';
import type pg from 'pg';
import type { Product } from '../product/product.ts';
import { differences } from './differences.ts';
import type { ProductMedia, Uses } from './product-media.ts';

const DELETE = 'DELETE FROM product_media WHERE product_id = $1 AND id = ANY($2::uuid[])';

/** Rows to write, from the parameters that `columnsOf` fills, `at` being the first. */
const rowsAt = (at: number): string => `
  unnest($${at}::uuid[], $${at + 1}::product_media_usage_type[], $${at + 2}::int[], $${at + 3}::uuid[],
    $${at + 4}::text[], $${at + 5}::bigint[], $${at + 6}::uuid[], $${at + 7}::timestamptz[])
    AS c (id, usage_type, display_order, variant_id, alt_text, claim_version, media_id, created_at)`;

const UPDATE = `
  UPDATE product_media AS m
  SET usage_type = c.usage_type, display_order = c.display_order, variant_id = c.variant_id,
    alt_text = c.alt_text, claim_version = c.claim_version
  FROM ${rowsAt(3)}
  WHERE m.store_id = $1 AND m.product_id = $2 AND m.id = c.id`;

const INSERT = `
  INSERT INTO product_media (store_id, product_id, id, usage_type, display_order, variant_id, alt_text,
    claim_version, media_id, created_at)
  SELECT $1, $2::uuid, c.* FROM ${rowsAt(3)}`;

/** The intents are locked before the product, as everywhere. */
const ADD = `
  WITH ${takingIntents(
    3,
    `SELECT id FROM products
    WHERE store_id = $1 AND id = $2 AND uses_revision = $11 AND EXISTS (SELECT FROM held)
    FOR NO KEY UPDATE`,
  )},
  moved_on AS (
    UPDATE products SET uses_revision = uses_revision + 1 FROM met WHERE products.id = met.id
  ),
  added AS (${INSERT} WHERE EXISTS (SELECT FROM met))
  SELECT EXISTS (SELECT FROM held) AS "isHeld", EXISTS (SELECT FROM met) AS "isWritten"`;

/**
 * Adds the uses that `after` has besides those of `before`, in one statement and without a lock before it.
 * False when the product has moved on since it was read: nothing is written.
 * @throws ClaimExpiredError when the claims are about to be released
 */
export async function addUses(pool: pg.Pool, before: Product, after: Product): Promise<boolean> {
  const { added } = differences(before.uses, after.uses);
  const values = [after.storeId, after.id, ...columnsOf(added), before.usesRevision];
  const { rows } = await pool.query<{ isHeld: boolean; isWritten: boolean }>(ADD, values);
  if (!rows[0]?.isHeld) throw new ClaimExpiredError();
  return rows[0].isWritten;
}

/**
 * Writes what `after` has other uses than `before`, within the transaction that holds the product: a
 * statement each for those that go, change and come, however many. The CMS is told of those used in
 * another way; of those that go, the table's trigger tells it.
 *
 * Unique indexes are checked row by row, so the old main image must have left before the new one comes.
 */
export async function saveUses(client: pg.PoolClient, before: Product, after: Product) {
  if (before.uses === after.uses) return;
  const { id: productId, storeId } = after;
  const { gone, changed, added, reclaimed } = differences(before.uses, after.uses);

  if (gone.length > 0) await client.query(DELETE, [productId, gone.map(({ id }) => id)]);
  for (const uses of [changed.filter((use) => !becomesMain(use)), changed.filter(becomesMain)]) {
    if (uses.length > 0) await client.query(UPDATE, [storeId, productId, ...columnsOf(uses)]);
  }
  if (added.length > 0) await client.query(INSERT, [storeId, productId, ...columnsOf(added)]);
  const claims = reclaimed.map(({ id, mediaId, usageType, claimVersion }) => ({
    usageId: id,
    mediaId,
    entityId: productId,
    role: usageType,
    claimVersion,
  }));
  await claimAgain(client, storeId, claims);
}

const becomesMain = ({ usageType }: ProductMedia): boolean => usageType === 'MAIN_IMAGE';

const columnsOf = (uses: Uses) => [
  uses.map(({ id }) => id),
  uses.map(({ usageType }) => usageType),
  uses.map(({ displayOrder }) => displayOrder),
  uses.map(({ variantId }) => variantId),
  uses.map(({ altText }) => altText),
  uses.map(({ claimVersion }) => claimVersion),
  uses.map(({ mediaId }) => mediaId),
  uses.map(({ createdAt }) => createdAt),
];
