import { type TestDatabase, createTestDatabase } from '@federated-media/stack/test-database';
import { openPool } from '@federated-media/subgraph-kit/database';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { beginRequest, duringRequest } from '@federated-media/subgraph-kit/request-life';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Graph, openGraph } from './support/graph.ts';
import { type PgBouncer, noPgBouncer, openPgBouncer } from './support/pgbouncer.ts';
import { plainJpeg } from './support/pictures.ts';
import { type Shop, createShop } from './support/shop.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const SUBGRAPHS = ['cms', 'catalog', 'art-gallery', 'blog'];
const SETTLED = { timeout: 40_000, interval: 200 };
const logger = createLogger({ name: 'test', level: 'silent' });

let databases: Map<string, TestDatabase>;
let pooler: PgBouncer;
let stack: TestStack;
let graph: Graph;
let shop: Shop;

const settingsOf = (name: string) => {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  return {
    [`${prefix}_DATABASE_URL`]: pooler.url(name),
    [`${prefix}_DATABASE_DIRECT_URL`]: databases.get(name)!.url,
  };
};

beforeAll(async () => {
  if (noPgBouncer) return;
  const created = SUBGRAPHS.map(async (name) => [name, await createTestDatabase(name)] as const);
  databases = new Map(await Promise.all(created));
  pooler = await openPgBouncer(new Map([...databases].map(([name, { url }]) => [name, url])));
  stack = await openTestStack({
    env: {
      DATABASE_POOLER: 'transaction',
      ...Object.assign({}, ...SUBGRAPHS.map(settingsOf)),
    },
    subgraphs: SUBGRAPHS,
  });
  graph = await openGraph(stack, 'shop');
  shop = createShop(graph);
});
afterAll(async () => {
  if (noPgBouncer) return;
  await stack.stop();
  await pooler.stop();
  await Promise.all([...databases.values()].map((database) => database.drop()));
});
beforeEach(({ skip }) => {
  if (noPgBouncer) skip(noPgBouncer);
});

test('files are uploaded, attached, shown, rendered, hidden, restored and purged', async () => {
  const files = await Promise.all([1, 2, 3, 4].map((hue) => plainJpeg(hue)));
  const uploaded = await Promise.all(files.map((bytes) => graph.upload(bytes)));
  const ids = uploaded.map(({ mediaFile }) => mediaFile!.id);
  const [first = ''] = ids;
  const product = await shop.product();
  for (const id of ids) expect(await shop.attach(product, id)).toEqual([]);
  expect(await shop.onProduct(product)).toEqual(ids);
  const [artwork, post] = [await shop.artwork(), await shop.post()];
  expect(await shop.hang(artwork, first)).toEqual([]);
  expect(await shop.illustrate(post, first)).toEqual([]);
  expect(await shop.usageCount(first)).toBe(3);

  const query = 'query ($id: ID!) { mediaFile(id: $id) { url(transform: { width: 20 }) } }';
  const { data } = await graph.ask(query, { id: first });
  const { url } = (data as { mediaFile: { url: string } }).mediaFile;
  const statuses = await Promise.all([1, 2, 3].map(async () => (await fetch(url)).status));
  expect(statuses).toEqual([200, 200, 200]);

  expect(await shop.trash(first)).toEqual(['MEDIA_IN_USE']);
  expect(await shop.trash(first, { force: true })).toEqual([]);
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual(ids.slice(1));
  await expect.poll(() => shop.onArtwork(artwork), SETTLED).toEqual([]);
  expect(await shop.restore(first)).toEqual([]);
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual(ids);
  expect(await shop.trash(first, { force: true })).toEqual([]);
  expect(await shop.purge(first)).toEqual([]);
  await expect.poll(() => shop.inPost(post), SETTLED).toEqual([]);
  await expect.poll(jobs, SETTLED).toBe(0);

  const transactions = await pooler.transactions();
  for (const name of SUBGRAPHS) expect(transactions.get(name), name).toBeGreaterThan(0);
});

async function jobs(): Promise<unknown> {
  const client = new pg.Client({ connectionString: databases.get('cms')!.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS jobs FROM graphile_worker.jobs');
  await client.end();
  return rows[0].jobs;
}

test('many requests share few connections, and repeat statements that have names elsewhere', async () => {
  const products = await Promise.all(Array.from({ length: 10 }, () => shop.product()));
  const read = products.flatMap((id) => [shop.onProduct(id), shop.onProduct(id)]);
  expect((await Promise.all(read)).flat()).toEqual([]);
});

test('the statement of a request that is over is cancelled in PostgreSQL', async () => {
  const name = 'cancelled behind a pooler';
  const url = pooler.url('cms');
  const pool = openPool({ url, name, logger, isPooled: true, maxConnections: 1 });
  onTestFinished(() => pool.end());
  const client = new pg.Client({ connectionString: databases.get('cms')!.url });
  await client.connect();
  onTestFinished(() => client.end());
  const sleeping = async () =>
    (
      await client.query(
        `SELECT FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'`,
      )
    ).rowCount;
  const { life, end } = beginRequest();
  const running = duringRequest(life, () => pool.query('SELECT pg_sleep(60)'));
  await expect.poll(sleeping, SETTLED).toBe(1);
  end({ answered: false });
  await expect(running).rejects.toThrow('The client closed the connection.');
  await expect.poll(sleeping, SETTLED).toBe(0);
  expect((await pool.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }]);
});

test('without the URL of the database itself nothing starts, and without the setting no pool connects', async () => {
  const { CMS_DATABASE_URL } = settingsOf('cms');
  const env = { CMS_DATABASE_URL, DATABASE_POOLER: 'transaction' };
  await expect(openTestStack({ env, subgraphs: ['cms'] })).rejects.toThrow(
    /CMS_DATABASE_DIRECT_URL: must be set with DATABASE_POOLER=transaction/,
  );
  const pool = openPool({ url: pooler.url('cms'), name: 'not pooled', logger });
  await expect(pool.query('SELECT 1')).rejects.toThrow('set DATABASE_POOLER=transaction');
  await pool.end();
});
