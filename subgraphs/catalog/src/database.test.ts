import { newId } from '@federated-media/subgraph-kit/ids';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import { expect, test } from 'vitest';
import { type TestCatalog, caller, given, useTestCatalog } from './testing/catalog.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

const failure = (code: string) => Object.assign(new Error('lost a race'), { code });

test.each(['40001', '40P01', '23505'])('retries work that failed with %s', async (code) => {
  const { pool } = catalog.database;
  const sku = newId();
  let runs = 0;
  await inTransaction(
    pool,
    async (client) => {
      runs += 1;
      await client.query('INSERT INTO products (id, store_id, sku, name) VALUES ($1, $2, $3, $4)', [
        newId(),
        caller.storeId,
        sku,
        `Run ${runs}`,
      ]);
      if (runs < 3) throw failure(code);
    },
    { retryTaken: true },
  );
  expect(runs).toBe(3);
  expect(await catalog.products.find(caller, { sku })).toMatchObject({ name: 'Run 3' });
});

test('stops retrying after four attempts, and does not retry other failures', async () => {
  const runsUntilFailure = async (code: string) => {
    let runs = 0;
    const work = () => {
      runs += 1;
      return Promise.reject(failure(code));
    };
    await expect(inTransaction(catalog.database.pool, work)).rejects.toThrow('lost a race');
    return runs;
  };
  expect(await runsUntilFailure('40P01')).toBe(4);
  expect(await runsUntilFailure('22P02')).toBe(1);
});

test('a failure leaves no open transaction on any connection', async () => {
  const { pool } = catalog.database;
  await Promise.allSettled(
    Array.from({ length: 10 }, () =>
      inTransaction(pool, async (client) => {
        await client.query('SELECT 1 / 0');
      }),
    ),
  );
  const { rows } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  );
  expect(rows).toEqual([]);
});

test('the database enforces the rules of usages', async () => {
  const product = await catalog.newProduct({ variants: ['red'] });
  const other = await catalog.newProduct({ variants: ['blue'] });
  const { mediaId } = await catalog.attachNew(product.id, 'MAIN_IMAGE');
  const insert = (
    usageType: string,
    more: { mediaId?: string; variantId?: string; order?: number },
  ) =>
    catalog.database.pool.query(
      `INSERT INTO product_media (id, store_id, product_id, media_id, usage_type, variant_id, display_order)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        newId(),
        caller.storeId,
        product.id,
        more.mediaId ?? newId(),
        usageType,
        more.variantId ?? null,
        more.order ?? 0,
      ],
    );
  await expect(insert('MAIN_IMAGE', {})).rejects.toThrow('product_media_main_image_key');
  await insert('GALLERY', { mediaId });
  await expect(insert('GALLERY', { mediaId })).rejects.toThrow('product_media_once_key');
  await expect(insert('VARIANT', {})).rejects.toThrow('product_media_variant_check');
  const own = given(product.variants[0]).id;
  await expect(insert('THUMBNAIL', { variantId: own })).rejects.toThrow(
    'product_media_variant_check',
  );
  const foreign = given(other.variants[0]).id;
  await expect(insert('SWATCH', { variantId: foreign })).rejects.toThrow('variant_id_fkey');
  await expect(insert('GALLERY', { order: -1 })).rejects.toThrow('display_order_check');
});
