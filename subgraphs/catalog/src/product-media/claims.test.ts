import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  refusalOf,
  useTestCatalog,
  usesOf,
} from '../testing/catalog.ts';

// What the CMS is told of a product's uses.
let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
  catalog.media.start();
});

/** What waits to be told. */
async function outbox(): Promise<string[]> {
  const { rows } = await catalog.database.pool.query<{ line: string }>(
    `SELECT concat_ws(' ', kind, claim_version, usage_id, role) AS line FROM usage_outbox ORDER BY 1`,
  );
  return rows.map(({ line }) => line);
}

test('every use is claimed while it is there, and no longer', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const [a, b] = [await catalog.attachNew(id), await catalog.attachNew(id, 'MAIN_IMAGE')];
  const c = await catalog.attachNew(id, 'VARIANT', given(variants[0]).id);
  const claimed = () => [a, b, c].flatMap(({ mediaId }) => catalog.cms.usagesOf(mediaId));
  expect(claimed()).toEqual([a.useId, b.useId, c.useId]);
  await catalog.productMedia.detach(caller, { productId: id, mediaId: a.mediaId });
  expect(claimed()).toEqual([b.useId, c.useId]);
  await catalog.variants.delete(caller, { id: given(variants[0]).id });
  expect(claimed()).toEqual([b.useId]);
  await catalog.products.delete(caller, { id });
  expect(claimed()).toEqual([]);
  expect(await outbox()).toEqual([]);
});

test('what was attached already, or is attached twice at once, is claimed once', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId, useId } = await catalog.attachNew(id);
  const again = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  expect(refusalOf(again)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  const twice = { mediaId: catalog.cms.add() };
  await catalog.productMedia.attachMany(caller, { productId: id, items: [twice, twice] });
  expect(catalog.cms.usagesOf(mediaId)).toEqual([useId]);
  expect(catalog.cms.usagesOf(twice.mediaId)).toHaveLength(1);
  expect(await outbox()).toEqual([]);
});

test('a use that becomes the main image stays the same use, and so does the one it replaces', async () => {
  const { id } = await catalog.newProduct();
  const former = await catalog.attachNew(id, 'MAIN_IMAGE');
  const chosen = await catalog.attachNew(id);
  await catalog.productMedia.setMainImage(caller, { productId: id, mediaId: chosen.mediaId });
  for (const { mediaId, useId } of [former, chosen]) {
    expect(catalog.cms.usagesOf(mediaId)).toEqual([useId]);
    expect(catalog.cms.ledger.get(useId)?.claimVersion).toBe(2);
  }
  expect(await outbox()).toEqual([]);
  await catalog.products.delete(caller, { id });
  expect([
    ...catalog.cms.usagesOf(former.mediaId),
    ...catalog.cms.usagesOf(chosen.mediaId),
  ]).toEqual([]);
});

test('a use that had to become the main image and is gone meanwhile is not written', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () => {
    catalog.cms.state.whileClaiming = null;
    return catalog.productMedia.detach(caller, { productId: id, mediaId });
  };
  const refused = await catalog.productMedia.setMainImage(caller, { productId: id, mediaId });
  expect(refusalOf(refused)).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  expect((await catalog.read(id)).uses).toEqual([]);
  expect(catalog.cms.usagesOf(mediaId)).toEqual([]);
});

test('whoever was beaten to the product adds to what is there then', async () => {
  const { id } = await catalog.newProduct();
  const [one, two] = [catalog.cms.add(), catalog.cms.add()];
  catalog.cms.state.whileClaiming = () => {
    catalog.cms.state.whileClaiming = null;
    return catalog.productMedia.attach(caller, { productId: id, mediaId: one });
  };
  const { userErrors } = await catalog.productMedia.attach(caller, { productId: id, mediaId: two });
  expect(userErrors).toEqual([]);
  expect(usesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${one}`, `GALLERY 1 ${two}`]);
  expect(await outbox()).toEqual([]);
});

test('a claim that took too long is released, and nothing is written', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  catalog.cms.state.whileClaiming = async () => {
    catalog.cms.state.whileClaiming = null;
    await catalog.database.pool.query('UPDATE usage_outbox SET attempts = 1, due_at = now()');
  };
  const items = [{ mediaId }, { mediaId: 'nonsense' }];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(refusalOf)).toEqual([
    ['MEDIA_UNAVAILABLE input.items.0.mediaId'],
    ['MEDIA_NOT_FOUND input.items.1.mediaId'],
  ]);
  expect((await catalog.read(id)).uses).toEqual([]);
  await expect.poll(() => catalog.cms.usagesOf(mediaId)).toEqual([]);
});

test('a writer that waits for its intents holds nothing else, so a purge never waits for it in turn', async () => {
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
  expect(refusalOf(await attaching)).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  expect((await catalog.read(id)).uses).toEqual([]);
});

test('an item that displaces another of the same call leaves both claimed as they are used', async () => {
  const { id } = await catalog.newProduct();
  const items = [1, 2].map(() => ({
    mediaId: catalog.cms.add(),
    usageType: 'MAIN_IMAGE' as const,
  }));
  await catalog.productMedia.attachMany(caller, { productId: id, items });
  const { uses } = await catalog.read(id);
  expect(uses.map(({ usageType, claimVersion }) => `${usageType} ${claimVersion}`)).toEqual([
    'MAIN_IMAGE 1',
    'GALLERY 2',
  ]);
  for (const use of uses) {
    expect(catalog.cms.ledger.get(use.id)).toMatchObject({
      active: true,
      claimVersion: use.claimVersion,
    });
  }
  expect(await outbox()).toEqual([]);
});
