import { encodeCursor } from '@federated-media/subgraph-kit/pagination';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { createChangeSignal } from '../change-feed/change-signal.ts';
import { createInvalidationRepository } from './repository.ts';
import { createInvalidationService } from './service.ts';

const cache = { subject: 'c', storeId: '_', scopes: new Set<string>(), issuer: 'a-cache' };
const { signal } = new AbortController();

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() =>
  store.pool.query('TRUNCATE stores, media_files, uploads, media_invalidations CASCADE'),
);
afterAll(() => store.close());

const open = (options = {}) =>
  createInvalidationService({
    invalidations: createInvalidationRepository({ pool: store.pool }),
    signal: createChangeSignal(),
    ...options,
  });

const set = (id: string, assignments: string, database: Queryable = store.pool) =>
  database.query(`UPDATE media_files SET ${assignments} WHERE id = $1`, [id]);
type Queryable = Pick<MediaStore['pool'], 'query'>;

const idsIn = ({ invalidations }: { invalidations: readonly { mediaId: string }[] }) =>
  invalidations.map(({ mediaId }) => mediaId).toSorted();

test('starts now, and lists each file with a new version once, of all stores', async () => {
  const feed = open();
  const [one, two] = [await store.addFile('ours'), await store.addFile('theirs')];
  await set(one.id, 'version = version + 1');
  const start = await feed.page(cache, {}, signal);
  expect(start).toMatchObject({ everything: true, invalidations: [] });

  await set(one.id, `description = 'x', version = version + 1`);
  await set(one.id, `visibility = 'PRIVATE', version = version + 1`);
  await set(two.id, 'trashed_at = now(), version = version + 1');
  const next = await feed.page(cache, { after: start.cursor }, signal);
  expect(next.everything).toBe(false);
  expect(next.invalidations).toHaveLength(2);
  expect(next.invalidations).toContainEqual({ storeId: 'ours', mediaId: one.id });
  expect(next.invalidations).toContainEqual({ storeId: 'theirs', mediaId: two.id });

  await store.pool.query('DELETE FROM media_files WHERE id = $1', [two.id]);
  const last = await feed.page(cache, { after: next.cursor }, signal);
  expect(idsIn(last)).toEqual([two.id]);
  expect(await feed.page(cache, { after: last.cursor }, signal)).toMatchObject({
    everything: false,
    invalidations: [],
  });
});

test('a claim, which changes only the usage count, invalidates nothing', async () => {
  const feed = open();
  const { id } = await store.addFile('ours');
  const { cursor } = await feed.page(cache, {}, signal);
  await set(id, 'usage_count = usage_count + 1');
  expect(idsIn(await feed.page(cache, { after: cursor }, signal))).toEqual([]);
});

test('a slow transaction neither holds changes back nor hides its own', async () => {
  const feed = open();
  const [slow, quick] = [await store.addFile('ours'), await store.addFile('ours')];
  const { cursor } = await feed.page(cache, {}, signal);
  const client = await store.pool.connect();
  await client.query('BEGIN');
  await set(slow.id, 'version = version + 1', client);
  await set(quick.id, 'version = version + 1');
  const early = await feed.page(cache, { after: cursor }, signal);
  expect(idsIn(early)).toEqual([quick.id]);
  const between = await feed.page(cache, { after: early.cursor }, signal);
  expect(idsIn(between)).toEqual([]);
  await client.query('COMMIT');
  client.release();
  expect(idsIn(await feed.page(cache, { after: between.cursor }, signal))).toEqual([slow.id]);
});

test('a waiting request ends when a change is announced, and when the process stops', async () => {
  const changed = createChangeSignal();
  const feed = open({ signal: changed, readAgainMs: 60_000 });
  const { id } = await store.addFile('ours');
  const { cursor } = await feed.page(cache, {}, signal);
  const waiting = feed.page(cache, { after: cursor, wait: 25 }, signal);
  await set(id, 'version = version + 1');
  changed.notify();
  const read = await waiting;
  expect(idsIn(read)).toEqual([id]);
  const last = feed.page(cache, { after: read.cursor, wait: 25 }, signal);
  feed.stopWaiting();
  expect(idsIn(await last)).toEqual([]);
});

test('everything is invalid after a thousand changes, after an hour and on another server', async () => {
  const feed = open();
  const { cursor } = await feed.page(cache, {}, signal);
  const everythingAfter = async (after: string) =>
    (await feed.page(cache, { after }, signal)).everything;
  expect(await everythingAfter(cursor)).toBe(false);
  await store.pool.query(
    `INSERT INTO media_invalidations (store_id, media_id)
     SELECT 'ours', gen_random_uuid() FROM generate_series(1, 1001)`,
  );
  expect(await everythingAfter(cursor)).toBe(true);

  const repository = createInvalidationRepository({ pool: store.pool });
  const { seen } = await repository.read(null);
  const old = [seen.epoch, seen.snapshot, String(Number(seen.takenAt) - 3_700)];
  expect(await everythingAfter(encodeCursor(old))).toBe(true);
  const future = [seen.epoch, '9000000000:9000000000:', seen.takenAt];
  expect(await everythingAfter(encodeCursor(future))).toBe(true);
  const elsewhere = ['01890000-0000-7000-8000-000000000000', seen.snapshot, seen.takenAt];
  expect(await everythingAfter(encodeCursor(elsewhere))).toBe(true);

  await store.pool.query(`UPDATE media_invalidations SET occurred_at = now() - interval '3 hours'`);
  expect(await repository.forget(7_200)).toBe(1_001);
});

test('rejects invalid cursors, and callers without a service token', async () => {
  const feed = open();
  const epoch = '01890000-0000-7000-8000-000000000000';
  const invalid = [
    ['e', '1:1:', '1'],
    [epoch, '1:1', '1'],
    [epoch, '0:1:', '1'],
    [epoch, '2:1:', '1'],
    [epoch, '1:5:7', '1'],
    [epoch, '1:9:4,3', '1'],
    [epoch, '1:18446744073709551616:', '1'],
    [epoch, '1:1:', 'x'],
  ];
  for (const parts of invalid) {
    const after = encodeCursor(parts);
    await expect(feed.page(cache, { after }, signal)).rejects.toThrow('Invalid cursor');
  }
  await expect(feed.page(cache, { wait: 26 }, signal)).rejects.toThrow('must be');
  await expect(feed.page({ ...cache, issuer: 'gateway' }, {}, signal)).rejects.toThrow('token');
});
