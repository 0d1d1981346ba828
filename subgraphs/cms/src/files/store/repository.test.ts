import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../media-file/testing/media-store.ts';
import { createStoreRepository } from './repository.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

const repositoryOf = (quotaBytes: number | null) =>
  createStoreRepository({ pool: store.pool, quotaBytes });

test('an unknown store has no files and the limit of the setting', async () => {
  const nothing = { usedBytes: 0, fileCount: 0 };
  expect(await repositoryOf(null).quota('unseen')).toEqual({ ...nothing, limitBytes: null });
  expect(await repositoryOf(0).quota('unseen')).toEqual({ ...nothing, limitBytes: 0 });
  expect(await store.count('stores')).toBe(0);
});

test('the limit of a store overrides the setting', async () => {
  await store.addFile('ours', { byteSize: 300 });
  const used = { usedBytes: 300, fileCount: 1 };
  expect(await repositoryOf(null).quota('ours')).toEqual({ ...used, limitBytes: null });
  expect(await repositoryOf(1000).quota('ours')).toEqual({ ...used, limitBytes: 1000 });
  for (const own of [0, 2000]) {
    await store.pool.query("UPDATE stores SET quota_bytes = $1 WHERE id = 'ours'", [own]);
    for (const setting of [null, 1000]) {
      expect(await repositoryOf(setting).quota('ours')).toEqual({ ...used, limitBytes: own });
    }
  }
});

test('sizes beyond 32 bits stay exact', async () => {
  const byteSize = 5_000_000_000_001;
  await store.addFile('large', { byteSize });
  await store.addFile('large', { byteSize });
  await store.pool.query("UPDATE stores SET quota_bytes = $1 WHERE id = 'large'", [
    Number.MAX_SAFE_INTEGER,
  ]);
  expect(await repositoryOf(null).quota('large')).toEqual({
    usedBytes: 2 * byteSize,
    limitBytes: Number.MAX_SAFE_INTEGER,
    fileCount: 2,
  });
});
