import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  type GivenFile,
  type MediaStore,
  newFile,
  openMediaStore,
} from '../../../files/media-file/testing/media-store.ts';
import type { CommitOptions } from '../../commit/repository.ts';

const AT_ONCE = 8;

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(async () => {
  await store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
  await store.addFile('ours', { byteSize: 1 });
});
afterAll(() => store.close());

/** Commits eight uploads concurrently: none ends before all of them wait for each other. */
async function commitAtOnce(
  given: (index: number) => Partial<GivenFile>,
  options: Partial<CommitOptions>,
) {
  const blocker = await store.jobsPool.connect();
  await blocker.query("BEGIN; SELECT FROM stores WHERE id = 'ours' FOR UPDATE");
  const commits = Array.from({ length: AT_ONCE }, async (_none, index) => {
    const reservation = await store.reservations.reserve({ id: newId(), storeId: 'ours' });
    return store.commit(reservation!, given(index), options);
  });
  const waiting = () => store.count(`pg_stat_activity WHERE ${WAITING}`);
  await vi.waitUntil(async () => (await waiting()) === AT_ONCE, { timeout: 10_000 });
  await blocker.query('COMMIT');
  blocker.release();
  const committed = await Promise.all(commits);
  const written = committed.filter(({ outcome }) => outcome === 'written');
  const others = committed.filter(({ outcome }) => outcome !== 'written');
  return { written, others };
}
const WAITING = `datname = current_database() AND wait_event_type = 'Lock'`;

const files = () => store.count("media_files WHERE store_id = 'ours' AND file_size > 1");

test('one key: one file, which all get', async () => {
  const file = newFile();
  const retry = { key: 'one', fingerprint: 'a' };
  const { written, others } = await commitAtOnce(() => file, { retry });
  expect(written).toHaveLength(1);
  const mediaFile = Reflect.get(written[0]!, 'mediaFile');
  for (const one of others) {
    expect(one).toEqual({ outcome: 'replayed', reused: false, mediaFile });
  }
  expect([await files(), await store.count('idempotency_keys')]).toEqual([1, 1]);
});

test('one expired key: one file', async () => {
  const file = newFile();
  const retry = { key: 'old', fingerprint: 'a' };
  await store.pool.query(
    `INSERT INTO idempotency_keys (store_id, key, mutation, fingerprint, media_id, reused, created_at)
     VALUES ('ours', 'old', 'uploadMedia', 'a', $1, false, now() - interval '1 day')`,
    [newId()],
  );
  const { written, others } = await commitAtOnce(() => file, { retry });
  expect(written).toHaveLength(1);
  for (const one of others) expect(one).toMatchObject({ outcome: 'replayed' });
  expect([await files(), await store.count('idempotency_keys')]).toEqual([1, 1]);
});

test.each([
  ['REUSE', 'reused'],
  ['REJECT', 'duplicate'],
] as const)('the same bytes with %s: one file, the others %s', async (onDuplicate, outcome) => {
  const file = newFile();
  const { written, others } = await commitAtOnce(() => file, { onDuplicate });
  expect(written).toHaveLength(1);
  const mediaFile = Reflect.get(written[0]!, 'mediaFile');
  for (const one of others) expect(one).toMatchObject({ outcome, mediaFile });
  expect(await files()).toBe(1);
});

test('space for three: exactly three files', async () => {
  const byteSize = 100;
  await store.pool.query("UPDATE stores SET quota_bytes = 399 WHERE id = 'ours'");
  const { written, others } = await commitAtOnce(() => ({ byteSize }), {});
  expect(written).toHaveLength(3);
  for (const one of others) expect(one).toMatchObject({ outcome: 'over quota', mediaFile: null });
  expect(await files()).toBe(3);
  expect(
    await store.count("stores WHERE id = 'ours' AND used_bytes = 301 AND file_count = 4"),
  ).toBe(1);
});

test('a key without a result is not stored', async () => {
  await store.pool.query("UPDATE stores SET quota_bytes = 1 WHERE id = 'ours'");
  const retry = { key: 'refused', fingerprint: 'a' };
  const { written } = await commitAtOnce(() => newFile(), { retry });
  expect(written).toEqual([]);
  expect(await store.count('idempotency_keys')).toBe(0);
});
