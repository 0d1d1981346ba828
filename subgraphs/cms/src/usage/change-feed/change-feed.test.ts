import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { seededRandom } from '@federated-media/stack/testing/seeded-random';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { createChangeSignal } from './change-signal.ts';
import { encodeCursor } from '@federated-media/subgraph-kit/pagination';
import { createChangeListener } from './change-listener.ts';
import { createChangeFeedRepository } from './repository.ts';
import { createChangeFeedService } from './service.ts';
import { pino } from 'pino';

const shop = { subject: 's', storeId: 'ours', scopes: new Set<string>(), issuer: 'shop' };
const { signal } = new AbortController();

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads, media_changes CASCADE'));
afterAll(() => store.close());

const open = (options = {}) =>
  createChangeFeedService({
    changes: createChangeFeedRepository({ pool: store.pool }),
    changeSignal: createChangeSignal(),
    ...options,
  });
const trash = (id: string, database: { query: MediaStore['pool']['query'] } = store.pool) =>
  database.query('UPDATE media_files SET trashed_at = now(), version = version + 1 WHERE id = $1', [
    id,
  ]);

/** Changes arrive when the transactions that write to the feed have ended. */
async function readAll(
  count: number,
  page: { after?: string; first?: number } = {},
  feed = open(),
) {
  const changes = [];
  let { after } = page;
  while (changes.length < count) {
    const read = await feed.page(shop, { ...page, wait: 25, ...(after && { after }) }, signal);
    changes.push(...read.changes);
    after = read.cursor;
  }
  return { changes, cursor: after! };
}

test('lists the changes of files of all stores in order, with their versions', async () => {
  const feed = open();
  const { id } = await store.addFile('theirs');
  const sql = [
    'trashed_at = now(), version = 2',
    'description = $$x$$, version = 3',
    'trashed_at = NULL, version = 4',
    'content_number = 2, last_content_number = 2, version = 5',
    'usage_count = usage_count',
  ];
  for (const set of sql)
    await store.pool.query(`UPDATE media_files SET ${set} WHERE id = $1`, [id]);
  await store.pool.query('DELETE FROM media_files WHERE id = $1', [id]);

  const { cursor } = await readAll(4, { first: 1 });
  const first = await feed.page(shop, { first: 3 }, signal);
  expect(first.changes.map(({ kind, version }) => [kind, version])).toEqual([
    ['TRASHED', 2],
    ['RESTORED', 4],
    ['CONTENT_REPLACED', 5],
  ]);
  const second = await feed.page(shop, { after: first.cursor }, signal);
  expect(second.changes).toMatchObject([
    { kind: 'PURGED', version: 6, storeId: 'theirs', mediaId: id },
  ]);
  const third = await feed.page(shop, { after: second.cursor }, signal);
  expect(third).toEqual({ changes: [], cursor });
});

test('skips no slow transaction and lists each change exactly once', async () => {
  const feed = open();
  const [slow, quick] = [await store.addFile('ours'), await store.addFile('ours')];
  const client = await store.pool.connect();
  await client.query('BEGIN');
  await trash(slow.id, client);
  await trash(quick.id);
  const early = await feed.page(shop, {}, signal);
  expect(early.changes).toEqual([]);
  await client.query('COMMIT');
  client.release();
  const late = await readAll(2, { after: early.cursor });
  expect(late.changes.map(({ mediaId }) => mediaId)).toEqual([slow.id, quick.id]);
});

test('is not held back by transactions that do not write to it, in its database and in others', async () => {
  const feed = open();
  const files = [await store.addFile('ours'), await store.addFile('ours')];
  const other = await createTestDatabase('cms');
  const elsewhere = new pg.Client({ connectionString: other.url });
  await elsewhere.connect();
  const here = await store.pool.connect();
  for (const client of [elsewhere, here]) {
    await client.query('BEGIN');
    await client.query('CREATE TEMPORARY TABLE mine (id int)');
    await client.query('SELECT pg_current_xact_id()');
  }
  const { cursor } = await feed.page(shop, {}, signal);
  for (const { id } of files) await trash(id);
  const { changes } = await feed.page(shop, { after: cursor }, signal);
  expect(changes.map(({ mediaId }) => mediaId)).toEqual(files.map(({ id }) => id));
  await here.query('ROLLBACK');
  here.release();
  await elsewhere.end();
  await other.drop();
});

test('is held back by a transaction from its first change to its end, and by none that was rolled back', async () => {
  const feed = open();
  const [first, second, third] = [
    await store.addFile('ours'),
    await store.addFile('ours'),
    await store.addFile('ours'),
  ];
  const { cursor } = await feed.page(shop, {}, signal);
  const client = await store.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  await client.query('SAVEPOINT before');
  await trash(first.id, client);
  await client.query('ROLLBACK TO before');
  await trash(second.id);
  const early = await feed.page(shop, { after: cursor }, signal);
  expect(early.changes.map(({ mediaId }) => mediaId)).toEqual([second.id]);
  await trash(first.id, client);
  await trash(third.id);
  const held = await feed.page(shop, { after: early.cursor }, signal);
  expect(held.changes).toEqual([]);
  await client.query('COMMIT');
  client.release();
  const late = await feed.page(shop, { after: held.cursor }, signal);
  expect(late.changes.map(({ mediaId }) => mediaId)).toEqual([first.id, third.id]);
});

test('a follower sees each change of many concurrent writers exactly once, in order for each file', async () => {
  const { seed, isThorough } = inject('random');
  const random = seededRandom(seed);
  const feed = open();
  const files = await Promise.all(Array.from({ length: 12 }, () => store.addFile('ours')));
  const { cursor: start } = await feed.page(shop, {}, signal);
  let isOver = false;
  const expected = new Map(files.map(({ id }) => [id, [] as number[]]));

  /** Changes a few files in one transaction, which it holds open for a while or rolls back. */
  async function write() {
    const client = await store.jobsPool.connect();
    const count = 1 + Math.floor(random() * 3);
    const chosen = files.toSorted(() => random() - 0.5).slice(0, count);
    const isKept = random() < 0.8;
    await client.query('BEGIN');
    if (random() < 0.5) await client.query('SELECT pg_current_xact_id()');
    await client.query('SELECT FROM media_files WHERE id = ANY($1) ORDER BY id FOR UPDATE', [
      chosen.map(({ id }) => id),
    ]);
    const versions = new Map<string, number>();
    for (const { id } of chosen) {
      const { rows } = await client.query<{ version: number }>(
        `UPDATE media_files SET version = version + 1,
           trashed_at = CASE WHEN trashed_at IS NULL THEN now() END WHERE id = $1 RETURNING version`,
        [id],
      );
      versions.set(id, rows[0]!.version);
      if (random() < 0.5) await sleep(random() * 8);
    }
    // While the files are locked, so that the lists have the order of the commits.
    if (isKept) for (const [id, version] of versions) expected.get(id)!.push(version);
    await client.query(isKept ? 'COMMIT' : 'ROLLBACK');
    client.release();
  }
  const writeMany = async () => {
    for (let round = 0; round < (isThorough ? 400 : 40); round += 1) await write();
  };

  const seen = new Map(files.map(({ id }) => [id, [] as number[]]));
  async function follow() {
    let after = start;
    for (let isLast = false; !isLast;) {
      isLast = isOver;
      for (let isEmpty = false; !isEmpty;) {
        const page = await feed.page(shop, { after, first: 1 + Math.floor(random() * 5) }, signal);
        for (const { mediaId, version } of page.changes) seen.get(mediaId)!.push(version);
        after = page.cursor;
        isEmpty = page.changes.length === 0;
      }
    }
  }
  const following = follow();
  await Promise.all(Array.from({ length: 8 }, writeMany));
  isOver = true;
  await following;
  expect(seen).toEqual(expected);
  expect([...seen.values()].flat().length).toBeGreaterThan(100);
});

test('a waiting request ends when a change arrives, when the client disconnects and when the process stops', async () => {
  const changeSignal = createChangeSignal();
  const feed = open({ changeSignal, readAgainMs: 60_000 });
  const connected = Promise.withResolvers<void>();
  const listener = createChangeListener({
    onAccessChange: () => {},
    onInvalidation: () => {},
    pool: store.pool,
    onConnected: async () => {},
    onChange: () => {
      connected.resolve();
      changeSignal.notify();
    },
    logger: pino({ level: 'silent' }),
  });
  listener.start();
  await connected.promise;
  const { id } = await store.addFile('ours');
  const waiting = feed.page(shop, { wait: 25 }, signal);
  await trash(id);
  const { changes, cursor } = await waiting;
  expect(changes).toMatchObject([{ kind: 'TRASHED', mediaId: id }]);

  const client = new AbortController();
  const gone = feed.page(shop, { after: cursor, wait: 25 }, client.signal);
  client.abort();
  expect((await gone).changes).toEqual([]);
  const last = feed.page(shop, { after: cursor, wait: 25 }, signal);
  feed.stopWaiting();
  expect((await last).changes).toEqual([]);
  await listener.stop();
});

test('lists everything again after a restore on another server, and for a cursor from the future', async () => {
  const feed = open();
  const { id } = await store.addFile('ours');
  await trash(id);
  const { cursor, changes } = await readAll(1);
  await store.pool.query(`UPDATE media_feed SET home = 'another server'`);
  expect((await feed.page(shop, { after: cursor }, signal)).changes).toEqual([]);
  const repository = createChangeFeedRepository({ pool: store.pool });
  await Promise.all([repository.renewEpochIfMoved(), repository.renewEpochIfMoved()]);
  const again = await feed.page(shop, { after: cursor }, signal);
  expect(again.changes.map((change) => change.id)).toEqual(changes.map((change) => change.id));

  const { position } = await repository.read(null, 1);
  const future = encodeCursor([position.epoch, '9223372036854775807']);
  expect((await feed.page(shop, { after: future }, signal)).changes).toHaveLength(1);
  const earlierVersion = encodeCursor([position.epoch, '123', '1']);
  expect((await feed.page(shop, { after: earlierVersion }, signal)).changes).toHaveLength(1);
  await repository.renewEpochIfMoved();
  expect((await repository.read(null, 1)).position).toEqual(position);
});

test('rejects invalid arguments, and waiting requests beyond the limit', async () => {
  const feed = open({ maxWaiting: 0 });
  const epoch = '01890000-0000-7000-8000-000000000000';
  const cursors = [
    'x',
    [epoch],
    [epoch, '01'],
    [epoch, '9223372036854775808'],
    [epoch, '1', '01'],
    ['e', '1'],
  ];
  for (const after of cursors.map((it) => (typeof it === 'string' ? it : encodeCursor(it)))) {
    await expect(feed.page(shop, { after }, signal)).rejects.toThrow('Invalid cursor');
  }
  for (const page of [{ first: 0 }, { first: 501 }, { wait: -1 }, { wait: 26 }]) {
    await expect(feed.page(shop, page, signal)).rejects.toThrow('must be');
  }
  await expect(feed.page({ ...shop, issuer: 'gateway' }, {}, signal)).rejects.toThrow('token');
  await expect(feed.page(shop, { wait: 1 }, signal)).rejects.toThrow('Too many');
});

test('deletes old changes; an older cursor resumes at the oldest change that is left', async () => {
  const feed = open();
  const files = [await store.addFile('ours'), await store.addFile('ours')];
  const { cursor } = await feed.page(shop, {}, signal);
  for (const { id } of files) await trash(id);
  await store.pool.query(
    `UPDATE media_changes SET occurred_at = now() - interval '1 day' WHERE media_id = $1`,
    [files[0]!.id],
  );
  expect(await createChangeFeedRepository({ pool: store.pool }).forget(3600)).toBe(1);
  const left = await readAll(1, { after: cursor });
  expect(left.changes.map(({ mediaId }) => mediaId)).toEqual([files[1]!.id]);
});
