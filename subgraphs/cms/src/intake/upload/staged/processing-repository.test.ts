import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type MediaStore,
  newFile,
  openMediaStore,
} from '../../../files/media-file/testing/media-store.ts';
import type { CommitOptions } from '../../commit/repository.ts';
import { type ProcessingRepository, createProcessingRepository } from './processing-repository.ts';

const LIMIT = 1_000_000;

let store: MediaStore;
let repository: ProcessingRepository;
beforeAll(async () => {
  store = await openMediaStore();
  await store.prepareQueue();
  repository = createProcessingRepository({ pool: store.pool, quotaBytes: LIMIT });
});
beforeEach(() =>
  store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE'),
);
afterAll(() => store.close());

/** A file that is PROCESSING, and its first attempt. */
async function begin(byteSize = 1000, options: Partial<CommitOptions> = {}) {
  const reservation = await store.reservations.reserve({ id: newId(), storeId: 'ours' });
  const begun = await store.uploads.begin(
    reservation!,
    { file: newFile({ byteSize, storageKey: '', checksum: '' }), verified: null },
    {
      storeId: 'ours',
      actor: 'someone',
      mutation: 'completeStagedUpload',
      retry: null,
      onDuplicate: 'ALLOW',
      details: {},
      auditId: newId(),
      ...options,
    },
  );
  expect(begun.outcome).toBe('written');
  return { id: reservation!.id, storeId: 'ours', attempt: 1 };
}
const statusOf = async (id: string) => (await store.files.findFiles('ours', [id]))[0]?.status;
const used = async () => {
  const { rows } = await store.pool.query<{ bytes: number; files: number }>(
    `SELECT used_bytes::int AS bytes, file_count AS files FROM stores WHERE id = 'ours'`,
  );
  return rows[0];
};
const due = (id: string) =>
  store.pool.query(`UPDATE uploads SET seen_at = '-infinity' WHERE id = $1`, [id]);

test('only the latest attempt changes the file, and only once', async () => {
  const first = await begin();
  await due(first.id);
  const second = (await repository.claim('ours', 40))!;
  expect(second).toMatchObject({ id: first.id, attempt: 2, verified: null });
  expect(await repository.claim('ours', 40)).toBeNull();

  const file = newFile({ byteSize: 900 });
  expect(await repository.markSeen([first])).toEqual(new Set());
  expect(await repository.recordVerified(first, { file, isSanitized: false })).toBe(false);
  expect(await repository.finish(first, file)).toMatchObject({ outcome: 'superseded' });
  expect(await repository.fail(first, 'No.')).toBe('superseded');
  await repository.release(first, { silentSeconds: 40, afterSeconds: -1, counts: false });
  expect(await statusOf(first.id)).toBe('PROCESSING');
  expect(await used()).toEqual({ bytes: 1000, files: 1 });

  expect(await repository.markSeen([second])).toEqual(new Set([first.id]));
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, () => repository.finish(second, file)),
  );
  expect(
    outcomes.map(({ outcome }) => outcome).toSorted((one, other) => one.localeCompare(other)),
  ).toEqual(['superseded', 'superseded', 'superseded', 'superseded', 'written']);
  expect(await repository.fail(second, 'No.')).toBe('superseded');
  expect(await statusOf(first.id)).toBe('READY');
  expect(await used()).toEqual({ bytes: 900, files: 1 });
});

test('what was verified is there for the next attempt', async () => {
  const attempt = await begin();
  const verified = { file: newFile(), isSanitized: true };
  expect(await repository.recordVerified(attempt, verified)).toBe(true);
  await due(attempt.id);
  expect((await repository.claim('ours', 40))?.verified).toEqual(verified);
});

test('an upload that was released is due at once, and one after a failure later', async () => {
  const [one, other] = [await begin(), await begin()];
  await repository.release(one, { silentSeconds: 40, afterSeconds: -1, counts: false });
  await repository.release(other, { silentSeconds: 40, afterSeconds: 60, counts: true });
  expect(await repository.storesWithWork(40)).toEqual(['ours']);
  expect(await repository.claim('ours', 40)).toMatchObject({ id: one.id, attempt: 1 });
  expect(await repository.storesWithWork(40)).toEqual([]);
  await due(other.id);
  expect(await repository.claim('ours', 40)).toMatchObject({ id: other.id, attempt: 2 });
});

test('verified bytes may be larger than declared, up to the quota', async () => {
  const [fitting, over] = [await begin(400_000), await begin(500_000)];
  expect(await repository.finish(fitting, newFile({ byteSize: 500_000 }))).toMatchObject({
    outcome: 'written',
  });
  expect(await repository.finish(over, newFile({ byteSize: 500_001 }))).toMatchObject({
    outcome: 'over quota',
  });
  expect(await used()).toEqual({ bytes: LIMIT, files: 2 });
  expect(await repository.fail(over, 'Over quota.')).toBe('failed');
  expect(await used()).toEqual({ bytes: 500_000, files: 2 });
});

test('whatever happens at the same time, what the store uses is exact', async () => {
  for (let round = 0; round < 30; round += 1) {
    const attempt = await begin();
    const { id } = attempt;
    const trashed = () =>
      store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [id]);
    const isPurged = round % 3 > 0;
    const changes = [
      () => repository.finish(attempt, newFile({ byteSize: 500 + round })),
      async () => {
        if (!isPurged) return;
        await trashed();
        await store.purges.purge({ storeId: 'ours', ids: [id], actor: 'someone' });
      },
      () =>
        store.changes.change({
          storeId: 'ours',
          ids: [id],
          actor: 'someone',
          action: 'updated',
          decide: () => ({ description: `round ${round}` }),
        }),
      ...(round % 2 === 0 ? [() => repository.fail(attempt, 'No.')] : []),
    ];
    const rotated = changes.map((_each, index) => changes[(index + round) % changes.length]!);
    await Promise.all(rotated.map((change) => change()));
  }
  const { rows } = await store.pool.query<{ bytes: number; files: number }>(
    `SELECT coalesce(sum(size), 0)::int AS bytes, (SELECT count(*) FROM media_files)::int AS files FROM (
       SELECT file_size AS size FROM media_contents
       UNION ALL SELECT file_size FROM media_files WHERE status = 'PROCESSING'
     ) AS counted`,
  );
  expect(await used()).toEqual(rows[0]);
  expect(await store.count(`uploads WHERE state = 'PROCESSING'`)).toBeLessThan(30);
});
