import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CmsProxy, openCmsProxy } from './support/cms-proxy.ts';
import { openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { reconcileCatalog } from './support/reconcile.ts';
import { type Shop, createShop } from './support/shop.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

/** The time within which everything must recover. */
const SETTLED = { timeout: 40_000, interval: 200 };

let proxy: CmsProxy;
let stack: TestStack;
let shop: Shop;
let product: string;
let mediaId: string;
let upload: () => Promise<string>;

beforeAll(async () => {
  proxy = await openCmsProxy();
  stack = await openTestStack({
    processes: 'many',
    env: { CMS_URL: proxy.url, CMS_TIMEOUT_MS: '1000' },
    subgraphs: ['cms', 'catalog', 'art-gallery'],
    // Acknowledged data must survive a crash of the database.
    durable: true,
  });
  proxy.state.target = stack.urls['cms'] ?? null;
  const graph = await openGraph(stack, 'shop');
  shop = createShop(graph);
  let hue = 0;
  upload = async () => (await graph.upload(await plainJpeg((hue += 1)))).mediaFile!.id;
});
afterAll(async () => {
  await stack.stop();
  proxy.close();
});

/** A product and a file that is not attached to it. */
async function begin() {
  [product, mediaId] = await Promise.all([shop.product(), upload()]);
}

const moduleOf = (name: string) => stack.processes.find((module) => module.name === name)!;

/** Kills it without a shutdown; `restart` starts it again. */
async function kill(name: string) {
  const { pid } = moduleOf(name);
  process.kill(pid, 'SIGKILL');
}

/** The usages of both sides, which are equal if nothing is broken. */
async function bothSides() {
  const idsIn = async (database: string, query: string) => {
    const client = new pg.Client({ connectionString: stack.postgres.url(database) });
    await client.connect();
    const { rows } = await client.query<{ id: string }>(query);
    await client.end();
    return rows.map(({ id }) => id);
  };
  const [uses, claims] = await Promise.all([
    idsIn('catalog', 'SELECT id FROM product_media ORDER BY id'),
    idsIn(
      'cms',
      "SELECT usage_id AS id FROM media_usages WHERE active AND consumer = 'catalog' ORDER BY usage_id",
    ),
  ]);
  return { uses, claims };
}

/** After every fault both sides agree without a reconcile. */
afterEach(async () => {
  await expect
    .poll(async () => {
      const { uses, claims } = await bothSides();
      return uses.join() === claims.join();
    }, SETTLED)
    .toBe(true);
});

test('without the CMS, attaching fails, and detached files are released when it is back', async () => {
  await begin();
  const other = await upload();
  expect(await shop.attach(product, mediaId)).toEqual([]);
  await kill('cms');
  expect(await shop.attach(product, other)).toEqual(['MEDIA_UNAVAILABLE']);
  expect(await shop.onProduct(product)).toEqual([null]);
  expect(await shop.detach(product, mediaId)).toEqual([]);
  expect(await shop.onProduct(product)).toEqual([]);

  await moduleOf('cms').restart();
  await expect.poll(() => shop.usageCount(mediaId), SETTLED).toBe(0);
  expect(await shop.usageCount(other)).toBe(0);
});

test('a consumer killed between claim and write leaves no claim', async () => {
  await begin();
  const claimed = proxy.onNext('claimMediaUsages', async (forward) => {
    await forward();
    await kill('catalog');
    return null;
  });
  await Promise.allSettled([shop.attach(product, mediaId), claimed]);
  expect(await shop.usageCount(mediaId)).toBe(1);
  await moduleOf('catalog').restart();
  await expect.poll(() => shop.usageCount(mediaId), SETTLED).toBe(0);
  expect(await shop.onProduct(product)).toEqual([]);
});

test('a consumer killed between write and release releases after its restart', async () => {
  await begin();
  expect(await shop.attach(product, mediaId)).toEqual([]);
  const released = proxy.onNext('releaseMediaUsages', async () => {
    await kill('catalog');
    return null;
  });
  await Promise.allSettled([shop.detach(product, mediaId), released]);
  expect(await shop.usageCount(mediaId)).toBe(1);
  await moduleOf('catalog').restart();
  await expect.poll(() => shop.usageCount(mediaId), SETTLED).toBe(0);
});

test('a consumer killed while it applies a change applies it after its restart', async () => {
  await begin();
  expect(await shop.attach(product, mediaId)).toEqual([]);
  const client = new pg.Client({ connectionString: stack.postgres.url('catalog') });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE media_states IN SHARE MODE');
  expect(await shop.trash(mediaId, { force: true })).toEqual([]);
  const waiting = async () => {
    const { rows } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = 'catalog' AND wait_event_type = 'Lock'`,
    );
    return rows.length;
  };
  await expect.poll(waiting, SETTLED).toBeGreaterThan(0);
  await kill('catalog');
  await client.query('ROLLBACK');
  await client.end();
  await moduleOf('catalog').restart();
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual([]);
  await shop.restore(mediaId);
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual([mediaId]);
});

test('the CMS killed between the commit of a claim and its response', async () => {
  await begin();
  const claimed = proxy.onNext('claimMediaUsages', async (forward) => {
    await forward();
    await kill('cms');
    return null;
  });
  expect(await shop.attach(product, mediaId)).toEqual(['MEDIA_UNAVAILABLE']);
  await claimed;
  await moduleOf('cms').restart();
  await expect.poll(() => shop.usageCount(mediaId), SETTLED).toBe(0);
  expect(await shop.attach(product, mediaId)).toEqual([]);
  expect(await shop.usageCount(mediaId)).toBe(1);
});

test('a claim that was sent twice after a lost response counts once', async () => {
  await begin();
  const claimed = proxy.onNext('claimMediaUsages', async (forward) => {
    await forward();
    return forward();
  });
  expect(await shop.attach(product, mediaId)).toEqual([]);
  await claimed;
  expect(await shop.usageCount(mediaId)).toBe(1);
});

test('the same change delivered twice changes nothing the second time', async () => {
  await begin();
  expect(await shop.attach(product, mediaId)).toEqual([]);
  await shop.trash(mediaId, { force: true });
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual([]);
  await shop.restore(mediaId);
  await expect.poll(() => shop.onProduct(product), SETTLED).toEqual([mediaId]);

  const pool = new pg.Pool({ connectionString: stack.postgres.url('catalog'), max: 1 });
  await pool.query('UPDATE feed_cursor SET cursor = NULL');
  await moduleOf('catalog').restart();
  const cursor = async () =>
    (await pool.query<{ cursor: string | null }>('SELECT cursor FROM feed_cursor')).rows[0]?.cursor;
  await expect.poll(cursor, SETTLED).not.toBeNull();
  await pool.end();
  expect(await shop.onProduct(product)).toEqual([mediaId]);
});

test('all processes recover after a crash of PostgreSQL', async () => {
  await begin();
  expect(await shop.attach(product, mediaId)).toEqual([]);
  const client = new pg.Client({ connectionString: stack.postgres.url('postgres') });
  client.on('error', () => {}); // This connection breaks intentionally.
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  // When a server process is killed, PostgreSQL ends all others and recovers from its log.
  process.kill(rows[0]!.pid, 'SIGKILL');
  await expect.poll(() => shop.onProduct(product).catch(() => null), SETTLED).toEqual([mediaId]);
  await expect
    .poll(() => shop.trash(mediaId, { force: true }).catch(() => null), SETTLED)
    .toEqual([]);
  await expect.poll(() => shop.onProduct(product).catch(() => null), SETTLED).toEqual([]);
});

test('when two consumers attach a file during its deletion, either it is in use or no consumer has it', async () => {
  for (let round = 0; round < 5; round += 1) {
    await begin();
    const artwork = await shop.artwork();
    const [attached, hung, deleted] = await Promise.all([
      shop.attach(product, mediaId),
      shop.hang(artwork, mediaId),
      shop.trash(mediaId),
    ]);
    const uses = [attached, hung].filter((codes) => codes.length === 0).length;
    expect(deleted).toEqual(uses > 0 ? ['MEDIA_IN_USE'] : []);
    expect(await shop.usageCount(mediaId)).toBe(uses);
  }
});

test('when twenty callers set the main image at once, there is one, and no duplicate file', async () => {
  const id = await shop.product();
  const files = await Promise.all(Array.from({ length: 20 }, upload));
  const codes = await Promise.all(files.map((file) => shop.makeMain(id, file)));
  expect(codes.flat()).toEqual([]);
  const shown = await shop.onProduct(id);
  expect(shown).toHaveLength(20);
  expect(new Set(shown)).toEqual(new Set(files));
  for (const file of files) expect(await shop.usageCount(file)).toBe(1);
});

test('no image is broken after all tests', async () => {
  const urls = await shop.pictures();
  expect(urls.length).toBeGreaterThan(20);
  for (const url of urls) expect((await fetch(url ?? 'none')).status).toBe(200);
});

test('reconcile finds no differences', async () => {
  const { code, printed } = await reconcileCatalog(stack, '--dry-run');
  expect(printed).toMatch(/ 0 differences found\.\n$/);
  expect(code).toBe(0);
});
