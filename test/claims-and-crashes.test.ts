import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractCms, graphsOf } from './support/contract-cms.ts';
import { productsConsumer } from './support/products.ts';
import { reconcileCatalog } from './support/reconcile.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const STORE = 'crashes';

let stack: TestStack;
let pool: pg.Pool;
let cms: ReturnType<typeof contractCms>;
let products: ReturnType<typeof productsConsumer>;

beforeAll(async () => {
  stack = await openTestStack({ processes: 'many', subgraphs: ['cms', 'catalog'] });
  pool = new pg.Pool({ connectionString: stack.postgres.url('catalog') });
  const graphOf = graphsOf(stack);
  cms = contractCms(stack, graphOf);
  products = productsConsumer(graphOf);
});
afterAll(async () => {
  await pool.end();
  await stack.stop();
});

const countOf = async (mediaId: string) => (await cms.usages(STORE, mediaId)).count;

test('a consumer killed between claim and write leaves no claim behind', async () => {
  const [productId, mediaId] = [await products.create(STORE), await cms.upload(STORE)];
  // Writers wait for the row of the product, so that the consumer can be killed between claim and write.
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [productId]);
  const attaching = products.attach(STORE, productId, mediaId).catch(() => ['killed']);
  const waiting = `SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1);
  expect(await countOf(mediaId)).toBe(1);
  const catalog = stack.processes.find(({ name }) => name === 'catalog')!;
  process.kill(catalog.pid, 'SIGKILL');
  await attaching;
  // Its statement would continue without it.
  await pool.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`);
  await client.query('ROLLBACK');
  client.release();
  expect(await countOf(mediaId)).toBe(1);

  await catalog.restart();
  await expect.poll(() => countOf(mediaId), { timeout: 10_000, interval: 100 }).toBe(0);
  expect(await products.list(STORE, productId)).toEqual([]);
  await expect.poll(async () => (await pool.query('SELECT FROM usage_outbox')).rows).toEqual([]);
});

async function onCms(statement: string, values: unknown[]) {
  const client = new pg.Client({ connectionString: stack.postgres.url('cms') });
  await client.connect();
  await client.query(statement, values);
  await client.end();
}

const reconcile = (...args: string[]) => reconcileCatalog(stack, ...args);

/** An hour old, because recent ones are ignored. */
function oldId(): string {
  const time = (Date.now() - 3_600_000).toString(16).padStart(12, '0');
  const noise = randomBytes(8).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${noise.slice(0, 3)}-8${noise.slice(3, 6)}-${noise.slice(4)}`;
}

test('reconcile repairs the differences after a lost database: usages without claims and claims without usages', async () => {
  const productId = await products.create(STORE);
  const [unclaimed, unused] = [await cms.upload(STORE), await cms.upload(STORE)];
  // Like a restored dump of yesterday: without a usage that was claimed since, with one that was released.
  await products.attach(STORE, productId, unused);
  await pool.query('ALTER TABLE product_media DISABLE TRIGGER product_media_release');
  await pool.query('DELETE FROM product_media WHERE media_id = $1', [unused]);
  await pool.query('ALTER TABLE product_media ENABLE TRIGGER product_media_release');
  await onCms('UPDATE media_usages SET usage_id = $1 WHERE media_id = $2', [oldId(), unused]);
  await pool.query(
    `INSERT INTO product_media (id, store_id, product_id, media_id, usage_type, display_order)
     VALUES ($1, $2, $3, $4, 'GALLERY', 0)`,
    [oldId(), STORE, productId, unclaimed],
  );
  const dry = await reconcile('--dry-run');
  expect(dry.printed).toContain(`file ${unclaimed}: usage`);
  expect(dry.printed).toContain(`file ${unused}: usage`);
  expect(dry.printed).toMatch(/ 2 differences found\.\n$/);
  expect([await countOf(unclaimed), await countOf(unused)]).toEqual([0, 1]);

  expect(await reconcile()).toMatchObject({ code: 0 });
  expect([await countOf(unclaimed), await countOf(unused)]).toEqual([1, 0]);
  expect((await reconcile()).printed).toMatch(/ 0 differences corrected\.\n$/);
  expect(await products.detach(STORE, productId, unclaimed)).toEqual([]);
  await expect.poll(() => countOf(unclaimed), { timeout: 10_000 }).toBe(0);
});

test('reconcile fails with a message without the CMS', async () => {
  await cms.kill();
  expect(await reconcile()).toMatchObject({ code: 1 });
  await cms.revive();
});
