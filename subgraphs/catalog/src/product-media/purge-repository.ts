import type { MediaRef } from '@federated-media/media-consumer/feed/repository';
import type pg from 'pg';

/** In the order of their ids, so that two who lock several never wait for each other. */
const LOCK = `
  UPDATE products SET uses_revision = uses_revision + 1
  FROM (
    SELECT id FROM products WHERE id IN (
      SELECT m.product_id FROM product_media m
      JOIN unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id) USING (store_id, media_id)
    )
    ORDER BY id FOR NO KEY UPDATE
  ) AS locked
  WHERE products.id = locked.id
  RETURNING products.id`;
const DELETE = `
  DELETE FROM product_media AS m USING unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id)
  WHERE m.store_id = gone.store_id AND m.media_id = gone.media_id`;
const CLOSE_GAPS = `
  UPDATE product_media AS m SET display_order = numbered.place
  FROM (
    SELECT id, row_number() OVER (PARTITION BY product_id, usage_type ORDER BY display_order) - 1 AS place
    FROM product_media WHERE product_id = ANY($1::uuid[])
  ) AS numbered
  WHERE m.id = numbered.id AND m.display_order <> numbered.place`;

/** Ends every use of files that are gone for good; those behind them close up. */
export async function purgeUses(client: pg.ClientBase, files: readonly MediaRef[]) {
  const refs = [files.map(({ storeId }) => storeId), files.map(({ mediaId }) => mediaId)];
  const { rows } = await client.query<{ id: string }>(LOCK, refs);
  if (rows.length === 0) return;
  await client.query(DELETE, refs);
  await client.query(CLOSE_GAPS, [rows.map(({ id }) => id)]);
}
