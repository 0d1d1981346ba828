import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from './files/media-file/testing/media-store.ts';
import { createStoreRepository } from './files/store/repository.ts';
import { createMaintenance } from './maintenance-commands.ts';
import { openDiskStorage } from './storage/disk-storage.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

async function quota(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const maintenance = createMaintenance({
    pool: store.pool,
    storage: openDiskStorage({ root: 'not used' }),
    storeQuotaBytes: 1_000,
    print: (line) => lines.push(line),
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  await maintenance.run('quota', {
    checksums: false,
    dryRun: false,
    graceHours: 24,
    olderThanDays: 30,
    isAgeGiven: false,
    args,
  });
  return lines;
}

test('a store gets a separate limit, before its first file too, and that of all stores again', async () => {
  expect(await quota('new')).toEqual(['new: 0 bytes in 0 files, at most 1000 bytes.']);
  expect(await quota('new', '20GiB')).toEqual([
    `new: 0 bytes in 0 files, at most ${20 * 2 ** 30} bytes.`,
  ]);
  const stores = createStoreRepository({ pool: store.pool, quotaBytes: 1_000 });
  expect(await stores.quota('other')).toMatchObject({ limitBytes: 1_000 });
  expect(await quota('new', 'default')).toEqual(['new: 0 bytes in 0 files, at most 1000 bytes.']);
});

test.each([
  [['../other', '1GB'], 'Invalid store "../other".'],
  [['', '1GB'], 'Invalid store "".'],
  [['new', '-1'], 'Invalid size "-1". Write 20GiB, or default.'],
  [['new', '1e9'], 'Invalid size "1e9". Write 20GiB, or default.'],
  [['new', '0'], 'Invalid size "0". Write 20GiB, or default.'],
  [['new', '99999999TiB'], 'Invalid size "99999999TiB". Write 20GiB, or default.'],
])('%j is rejected and changes nothing', async (args, message) => {
  const before = await store.pool.query('SELECT * FROM stores ORDER BY id');
  await expect(quota(...args)).rejects.toThrow(message);
  const after = await store.pool.query('SELECT * FROM stores ORDER BY id');
  expect(after.rows).toEqual(before.rows);
});
