import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../media-file/testing/media-store.ts';
import { type AuditRepository, createAuditRepository } from './repository.ts';

const REFUSED = 'only ever appended to';

let store: MediaStore;
let audit: AuditRepository;
beforeAll(async () => {
  store = await openMediaStore();
  audit = createAuditRepository(store);
});
beforeEach(() => store.pool.query('TRUNCATE audit_entries, media_files, stores CASCADE'));
afterAll(() => store.close());

/** Entries of a file that no longer exists, or of `mediaId`. */
const addEntries = (days: number, { storeId = 'ours', mediaId = newId(), count = 1 } = {}) =>
  store.pool.query(
    `INSERT INTO audit_entries (id, store_id, media_id, actor, action, at)
     SELECT gen_random_uuid(), $1, $2, 'ann', 'updated', now() - make_interval(days => $3)
     FROM generate_series(1, $4)`,
    [storeId, mediaId, days, count],
  );

const forget = async (days: number) => (await audit.forget(days)).count;

async function agesLeft() {
  const { rows } = await store.pool.query<{ storeId: string; days: number }>(
    `SELECT store_id AS "storeId", extract(day FROM now() - at)::int AS days
     FROM audit_entries ORDER BY store_id, at`,
  );
  return rows.map(({ storeId, days }) => `${storeId} ${days}`);
}

test('deletes what is older, of all stores, of files that exist and of purged ones, and nothing else', async () => {
  const { id: mediaId } = await store.addFile('ours');
  await addEntries(31, { mediaId });
  await addEntries(29, { mediaId });
  await addEntries(31);
  await addEntries(400, { storeId: 'theirs' });
  await addEntries(29, { storeId: 'theirs' });
  expect(await forget(30)).toBe(3);
  expect(await agesLeft()).toEqual(['ours 29', 'ours 0', 'theirs 29']);
  expect(await forget(30)).toBe(0);
  expect(await store.files.findFiles('ours', [mediaId])).toHaveLength(1);
});

test('deletes the oldest 10,000 entries at a time', async () => {
  await addEntries(50, { count: 10_000 });
  await addEntries(40, { count: 2 });
  const { count, until } = await audit.forget(30);
  expect(count).toBe(10_000);
  expect(await agesLeft()).toEqual(['ours 40', 'ours 40']);
  expect((await audit.forget(30, until)).count).toBe(2);
});

test('a process deletes other entries than another one that is about to commit', async () => {
  await addEntries(50, { count: 3 });
  const other = await store.pool.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM audit_entries LIMIT 1 FOR UPDATE');
  expect(await forget(30)).toBe(2);
  await other.query('COMMIT');
  other.release();
  expect(await forget(30)).toBe(1);
});

test('the database refuses to delete newer entries, and all without a retention', async () => {
  await addEntries(50);
  await addEntries(29);
  await expect(store.pool.query('DELETE FROM audit_entries')).rejects.toThrow(REFUSED);
  const client = await store.pool.connect();
  const state = `SELECT set_config('cms.audit_retention_days', '30', true)`;
  for (const change of ['DELETE FROM audit_entries', `UPDATE audit_entries SET actor = 'nobody'`]) {
    await client.query(`BEGIN; ${state}`);
    await expect(client.query(change)).rejects.toThrow(REFUSED);
    await client.query('ROLLBACK');
  }
  await client.query(`BEGIN; SELECT set_config('cms.audit_retention_days', '0', true)`);
  await expect(client.query('DELETE FROM audit_entries')).rejects.toThrow(REFUSED);
  await client.query('ROLLBACK');
  // The setting is gone with its transaction.
  expect(await forget(45)).toBe(1);
  await expect(client.query('DELETE FROM audit_entries')).rejects.toThrow(REFUSED);
  client.release();
  expect(await agesLeft()).toEqual(['ours 29']);
});

test('finds the oldest entries by an index, and reads no others', async () => {
  await addEntries(1, { count: 20_000 });
  await addEntries(50, { count: 5_000 });
  await store.pool.query('ANALYZE audit_entries');
  store.statements.length = 0;
  await audit.forget(60);
  const deletion = store.statements.find((statement) => statement.includes('DELETE'))!;
  const { rows } = await store.pool.query(`EXPLAIN (FORMAT JSON) ${deletion}`, [30, null]);
  const plan = JSON.stringify(rows);
  expect(plan).toContain('audit_entries_at_idx');
  expect(plan).toContain('Tid Scan');
  expect(plan).not.toContain('Seq Scan');
});
