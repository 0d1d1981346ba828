import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  rejectionOf,
  useTestCatalog,
  usagesOf,
} from '../testing/catalog.ts';

// The messages to the CMS about a product's usages.
let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
  catalog.media.start();
});

/** The messages that are not sent yet. */
async function outbox(): Promise<string[]> {
  const { rows } = await catalog.database.pool.query<{ line: string }>(
    `SELECT concat_ws(' ', kind, claim_version, usage_id, role) AS line FROM usage_outbox ORDER BY 1`,
  );
  return rows.map(({ line }) => line);
}

test('claims every usage while it exists, and no longer', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const [a, b] = [await catalog.attachNew(id), await catalog.attachNew(id, 'MAIN_IMAGE')];
  const c = await catalog.attachNew(id, 'VARIANT', given(variants[0]).id);
  const claimed = () => [a, b, c].flatMap(({ mediaId }) => catalog.cms.usagesOf(mediaId));
  expect(claimed()).toEqual([a.usageId, b.usageId, c.usageId]);
  await catalog.productMedia.detach(caller, { productId: id, mediaId: a.mediaId });
  expect(claimed()).toEqual([b.usageId, c.usageId]);
  await catalog.variants.delete(caller, { id: given(variants[0]).id });
  expect(claimed()).toEqual([b.usageId]);
  await catalog.products.delete(caller, { id });
  expect(claimed()).toEqual([]);
  expect(await outbox()).toEqual([]);
});

test('claims a file once that is already attached, or attached twice in one request', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId, usageId } = await catalog.attachNew(id);
  const again = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  expect(rejectionOf(again)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  const twice = { mediaId: catalog.cms.add() };
  await catalog.productMedia.attachMany(caller, { productId: id, items: [twice, twice] });
  expect(catalog.cms.usagesOf(mediaId)).toEqual([usageId]);
  expect(catalog.cms.usagesOf(twice.mediaId)).toHaveLength(1);
  expect(await outbox()).toEqual([]);
});

test('a usage that becomes the main image keeps its id, and so does the one it replaces', async () => {
  const { id } = await catalog.newProduct();
  const former = await catalog.attachNew(id, 'MAIN_IMAGE');
  const chosen = await catalog.attachNew(id);
  await catalog.productMedia.setMainImage(caller, { productId: id, mediaId: chosen.mediaId });
  for (const { mediaId, usageId } of [former, chosen]) {
    expect(catalog.cms.usagesOf(mediaId)).toEqual([usageId]);
    expect(catalog.cms.ledger.get(usageId)?.claimVersion).toBe(2);
  }
  expect(await outbox()).toEqual([]);
  await catalog.products.delete(caller, { id });
  expect([
    ...catalog.cms.usagesOf(former.mediaId),
    ...catalog.cms.usagesOf(chosen.mediaId),
  ]).toEqual([]);
});

test('does not write a usage that was removed while it was to become the main image', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () => {
    catalog.cms.state.whileClaiming = null;
    return catalog.productMedia.detach(caller, { productId: id, mediaId });
  };
  const refused = await catalog.productMedia.setMainImage(caller, { productId: id, mediaId });
  expect(rejectionOf(refused)).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  expect((await catalog.read(id)).usages).toEqual([]);
  expect(catalog.cms.usagesOf(mediaId)).toEqual([]);
});

test('a writer that finds a changed product adds to its current usages', async () => {
  const { id } = await catalog.newProduct();
  const [one, two] = [catalog.cms.add(), catalog.cms.add()];
  catalog.cms.state.whileClaiming = () => {
    catalog.cms.state.whileClaiming = null;
    return catalog.productMedia.attach(caller, { productId: id, mediaId: one });
  };
  const { userErrors } = await catalog.productMedia.attach(caller, { productId: id, mediaId: two });
  expect(userErrors).toEqual([]);
  expect(usagesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${one}`, `GALLERY 1 ${two}`]);
  expect(await outbox()).toEqual([]);
});

test('releases a claim that took too long, and writes nothing', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  catalog.cms.state.whileClaiming = async () => {
    catalog.cms.state.whileClaiming = null;
    await catalog.database.pool.query('UPDATE usage_outbox SET attempts = 1, due_at = now()');
  };
  const items = [{ mediaId }, { mediaId: 'nonsense' }];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(rejectionOf)).toEqual([
    ['MEDIA_UNAVAILABLE input.items.0.mediaId'],
    ['MEDIA_NOT_FOUND input.items.1.mediaId'],
  ]);
  expect((await catalog.read(id)).usages).toEqual([]);
  await expect.poll(() => catalog.cms.usagesOf(mediaId)).toEqual([]);
});

test('a writer that waits for its intents holds no other lock, so a purge never deadlocks with it', async () => {
  const { pool } = catalog.database;
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  const purge = await pool.connect();
  catalog.cms.state.whileClaiming = async () => {
    catalog.cms.state.whileClaiming = null;
    await purge.query('BEGIN');
    await purge.query('DELETE FROM usage_outbox WHERE media_id = $1', [mediaId]);
  };
  const attaching = catalog.productMedia.attach(caller, { productId: id, mediaId });
  await expect
    .poll(async () => {
      const { rowCount } = await pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rowCount;
    })
    .toBe(1);
  await purge.query('SELECT FROM products WHERE id = $1 FOR UPDATE NOWAIT', [id]);
  await purge.query('COMMIT');
  purge.release();
  expect(rejectionOf(await attaching)).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('an item that displaces another one of the same request leaves both claimed with their roles', async () => {
  const { id } = await catalog.newProduct();
  const items = [1, 2].map(() => ({
    mediaId: catalog.cms.add(),
    usageType: 'MAIN_IMAGE' as const,
  }));
  await catalog.productMedia.attachMany(caller, { productId: id, items });
  const { usages } = await catalog.read(id);
  expect(usages.map(({ usageType, claimVersion }) => `${usageType} ${claimVersion}`)).toEqual([
    'MAIN_IMAGE 1',
    'GALLERY 2',
  ]);
  for (const usage of usages) {
    expect(catalog.cms.ledger.get(usage.id)).toMatchObject({
      active: true,
      claimVersion: usage.claimVersion,
    });
  }
  expect(await outbox()).toEqual([]);
});
