import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from './files/media-file/testing/media-store.ts';
import { createStoreRepository } from './files/store/repository.ts';
import { type MaintenanceOptions, createMaintenance } from './maintenance-commands.ts';
import { openDiskStorage } from './storage/disk-storage.ts';
import { createUsageRepository } from './usage/ledger/repository.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

const quota = (...args: string[]) => run('quota', { args });

async function run(name: string, options: Partial<MaintenanceOptions>): Promise<string[]> {
  const lines: string[] = [];
  const maintenance = createMaintenance({
    pool: store.pool,
    storage: openDiskStorage({ root: 'not used' }),
    storeQuotaBytes: 1_000,
    print: (line) => lines.push(line),
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  await maintenance.run(name, {
    checksums: false,
    dryRun: false,
    graceHours: 24,
    olderThanDays: 30,
    isAgeGiven: false,
    args: [],
    ...options,
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

test('all usages of a consumer that was removed are released, in all stores', async () => {
  const usages = createUsageRepository({ pool: store.pool });
  const claim = async (storeId: string, consumer: string, count: number) => {
    const { id } = await store.addFile(storeId);
    const claims = Array.from({ length: count }, (_, index) => ({
      usageId: `${consumer} ${index}`,
      mediaId: id,
      claimVersion: 7,
      entityType: 'Page',
      entityId: '1',
      role: null,
      label: null,
      url: null,
    }));
    await usages.claim({ storeId, consumer }, claims, [id], () => null);
    return { id, claims };
  };
  const many = await claim('one', 'removed', 450);
  const other = await claim('two', 'removed', 1);
  const kept = await claim('one', 'kept', 2);
  const usageCounts = async () => {
    const { rows } = await store.pool.query<{ usage_count: number }>(
      'SELECT usage_count FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN media_files USING (id) ORDER BY place',
      [[many.id, other.id, kept.id]],
    );
    return rows.map((row) => row.usage_count);
  };
  const release = (dryRun: boolean) => run('release-usages', { args: ['removed'], dryRun });

  expect(await release(true)).toEqual([
    'one  450 usages',
    'two  1 usages',
    'Would release 451 usages of removed in 2 stores.',
  ]);
  expect(await usageCounts()).toEqual([450, 1, 2]);
  expect(await release(false)).toContain('Released 451 usages of removed in 2 stores.');
  expect(await usageCounts()).toEqual([0, 0, 2]);
  expect(await release(false)).toEqual(['Released 0 usages of removed in 0 stores.']);

  // The consumer is back: its reconcile claims with a higher version.
  const again = other.claims.map((one) => ({ ...one, claimVersion: 9 }));
  await usages.claim({ storeId: 'two', consumer: 'removed' }, again, [other.id], () => null);
  expect(await usageCounts()).toEqual([0, 1, 2]);
});
