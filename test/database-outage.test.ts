import { type TestDatabase, createTestDatabase } from '@federated-media/stack/test-database';
import {
  type DatabaseProxy,
  mostPerSecond,
  openDatabaseProxy,
} from '@federated-media/subgraph-kit/testing/database-proxy';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type Shop, createShop } from './support/shop.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

/** The time within which everything must recover; machines may be slow. */
const SETTLED = { timeout: 40_000, interval: 200 };
/** New connections per second and pool that a failing database must endure. */
const MOST = 5;
const POOLS = ['cms', 'cms-jobs', 'catalog', 'media-consumer'];
const RETRYABLE = ['OVERLOADED', 'TIMEOUT', 'SUBGRAPH_UNAVAILABLE', 'MEDIA_UNAVAILABLE'];

const SUBGRAPHS = ['cms', 'catalog'];
let databases: TestDatabase[];
let proxies: DatabaseProxy[];
let stack: TestStack;
let graph: Graph;
let shop: Shop;
/** The codes of all errors in responses. */
const codes = new Set<unknown>();

beforeAll(async () => {
  databases = await Promise.all(SUBGRAPHS.map(createTestDatabase));
  proxies = await Promise.all(databases.map(({ url }) => openDatabaseProxy(url)));
  const [cms, catalog] = proxies;
  stack = await openTestStack({
    env: { CMS_DATABASE_URL: cms!.url, CATALOG_DATABASE_URL: catalog!.url },
    subgraphs: SUBGRAPHS,
  });
  const opened = await openGraph(stack, 'shop');
  graph = {
    ...opened,
    async ask(...question) {
      const answer = await opened.ask(...question);
      for (const { extensions } of answer.errors ?? []) {
        codes.add((extensions as { code?: string }).code);
      }
      return answer;
    },
  };
  shop = createShop(graph);
});
afterAll(async () => {
  await stack.stop();
  for (const proxy of proxies) proxy.close();
  await Promise.all(databases.map((database) => database.drop()));
});

/** Reads and writes, with and without Prisma's client: more requests than a pool has connections. */
const flood = (product: string) =>
  Promise.allSettled([
    ...Array.from({ length: 20 }, () => shop.onProduct(product)),
    ...Array.from({ length: 4 }, () => shop.product()),
  ]);

/** A product with an attached file, and the URL of a rendition that does not exist yet. */
async function begin(hue: number) {
  const product = await shop.product();
  const { id, url } = (await graph.upload(await plainJpeg(hue))).mediaFile!;
  expect(await shop.attach(product, id)).toEqual([]);
  expect(await shop.onProduct(product)).toEqual([id]);
  const query = `query ($id: ID!) { mediaFile(id: $id) { url(transform: { width: ${10 + hue} }) } }`;
  const { data } = await graph.ask(query, { id });
  const rendition = (data as { mediaFile: { url: string } }).mediaFile.url;
  return { product, id, url, rendition };
}

/** The number of jobs that are not finished. */
async function jobs(): Promise<unknown> {
  const client = new pg.Client({ connectionString: databases[0]!.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS jobs FROM graphile_worker.jobs');
  await client.end();
  return rows[0].jobs;
}

/** How many changes the catalog has measured. */
async function feedLags(): Promise<number> {
  const text = await (await fetch(`${stack.urls['catalog']}/metrics`)).text();
  return Number(/^media_feed_lag_seconds_count (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Everything that uses a database works: reads, writes, the change feed, renditions and jobs. */
async function everythingWorks({ product, id, rendition }: Awaited<ReturnType<typeof begin>>) {
  await expect.poll(() => shop.onProduct(product).catch(() => null), SETTLED).toEqual([id]);
  await expect.poll(() => shop.product().catch(() => null), SETTLED).toEqual(expect.any(String));
  const get = () => fetch(rendition).then(({ status }) => status);
  await expect.poll(get, SETTLED).toBe(200);
  const trash = () => shop.trash(id, { force: true }).catch(() => null);
  await expect.poll(trash, SETTLED).toEqual([]);
  await expect.poll(() => shop.onProduct(product).catch(() => null), SETTLED).toEqual([]);
  expect(await feedLags()).toBeGreaterThan(0);
  await expect.poll(() => shop.purge(id).catch(() => null), SETTLED).toEqual([]);
  await expect.poll(jobs, SETTLED).toBe(0);
}

function expectFewConnections(since: number) {
  for (const name of POOLS) {
    const opened = proxies.flatMap((proxy) => proxy.openedSince(since, name));
    expect(mostPerSecond(opened), name).toBeLessThanOrEqual(MOST);
  }
}

test('recovers when all connections go silent and new ones work', async () => {
  const begun = await begin(1);
  const since = performance.now();
  codes.clear();
  for (const proxy of proxies) proxy.silence();
  await flood(begun.product);
  await everythingWorks(begun);
  for (const code of codes) expect(RETRYABLE).toContain(code);
  expectFewConnections(since);
});

test('recovers after a time without any connection', async () => {
  const begun = await begin(2);
  const since = performance.now();
  codes.clear();
  for (const proxy of proxies) proxy.stop();
  for (let round = 0; round < 2; round += 1) await flood(begun.product);
  for (const proxy of proxies) proxy.resume();
  await everythingWorks(begun);
  expect(codes.size).toBeGreaterThan(0);
  for (const code of codes) expect(RETRYABLE).toContain(code);
  expectFewConnections(since);
});

test('a transaction that is idle in another database does not delay a deletion', async () => {
  const { product, id } = await begin(3);
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  expect(await shop.trash(id, { force: true })).toEqual([]);
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual([]);
  await client.end();
});
