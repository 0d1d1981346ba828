import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createChangeFeedRepository } from './usage/change-feed/repository.ts';
import { createInvalidationRepository } from './usage/invalidations/repository.ts';
import { type MediaStore, openMediaStore } from './files/media-file/testing/media-store.ts';
import type { Storage, StoredObject } from './storage/storage.ts';
import { createUpkeepRepository } from './storage/upkeep/repository.ts';
import { createEndedMediaRepository } from './delivery/purge/repository.ts';
import { createAuditRepository } from './files/audit/repository.ts';
import { createCountRepository } from './files/counts/repository.ts';
import { createSweeper } from './storage/upkeep/sweeper.ts';
import { createTrashEmptier } from './files/trash/trash-emptier.ts';
import { createUsageRepository } from './usage/ledger/repository.ts';
import { createJobRunner } from './platform/jobs/runner.ts';
import { CRONTAB, createTasks } from './background-tasks.ts';
import { parseCrontab } from 'graphile-worker';

const silent = pino({ level: 'silent' });

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
  await store.prepareQueue();
});
afterAll(() => store.close());

/** A storage with these keys, whose first deletion fails. */
function failingOnce(keys: Set<string>): Storage {
  let isAway = true;
  return {
    publish: () => Promise.reject(new Error('not used')),
    stat: () => Promise.reject(new Error('not used')),
    get: () => Promise.reject(new Error('not used')),
    openLocalCopy: () => Promise.reject(new Error('not used')),
    removeUnfinished: async () => 0,
    async delete(key) {
      if (isAway) {
        isAway = false;
        throw new Error('the storage is unavailable');
      }
      keys.delete(key);
    },
    async *list(prefix): AsyncGenerator<StoredObject> {
      for (const key of keys)
        if (key.startsWith(prefix)) yield { key, byteSize: 1, modifiedAt: new Date(0) };
    },
  };
}

function tasksOn(
  storage: Storage,
  { trashRetentionDays = 30, auditRetentionDays = 0, hasCdn = false } = {},
) {
  const { purges } = store;
  const sweeper = createSweeper({ objects: createUpkeepRepository(store), storage });
  const emptier = createTrashEmptier({ purges });
  return createTasks({
    purges,
    emptier,
    sweeper,
    changes: createChangeFeedRepository(store),
    invalidations: createInvalidationRepository(store),
    ended: createEndedMediaRepository(store),
    hasCdn,
    usages: createUsageRepository(store),
    audit: createAuditRepository(store),
    counts: createCountRepository(store),
    storage,
    trashRetentionDays,
    auditRetentionDays,
    logger: silent,
  });
}

async function trashed(storeId = 'ours', days = 1) {
  const file = await store.addFile(storeId);
  await store.pool.query(
    'UPDATE media_files SET trashed_at = now() - make_interval(days => $2) WHERE id = $1',
    [file.id, days],
  );
  return file;
}

const jobs = async () =>
  (await store.pool.query('SELECT attempts, last_error FROM graphile_worker.jobs')).rows;

test('a purge that is rolled back keeps the file and adds no job', async () => {
  const { id } = await trashed();
  await store.pool.query('ALTER TABLE audit_entries ADD CONSTRAINT broken CHECK (false) NOT VALID');
  const purge = store.purges.purge({ storeId: 'ours', ids: [id], actor: 'someone' });
  await expect(purge).rejects.toThrow('broken');
  await store.pool.query('ALTER TABLE audit_entries DROP CONSTRAINT broken');
  expect(await store.files.findFiles('ours', [id])).toHaveLength(1);
  expect(await jobs()).toEqual([]);
});

test('deletes all objects of a purged file, and retries after a failure', async () => {
  const { id } = await trashed();
  const kept = `ours/${(await store.addFile('ours')).id}/1-a.jpg`;
  const keys = new Set([
    `ours/${id}/1-a.jpg`,
    `ours/${id}/2-b.jpg`,
    `ours/${id}/small/1.webp`,
    kept,
  ]);
  await store.purges.purge({ storeId: 'ours', ids: [id], actor: 'someone' });

  const tasks = tasksOn(failingOnce(keys));
  const runner = createJobRunner({ pool: store.jobsPool, tasks, crontab: CRONTAB, logger: silent });
  await runner.start();
  try {
    await vi.waitFor(
      async () =>
        expect(await jobs()).toMatchObject([
          { attempts: 1, last_error: expect.stringContaining('the storage is unavailable') },
        ]),
      { timeout: 10_000 },
    );
    await store.pool.query(
      'SELECT graphile_worker.reschedule_jobs(ARRAY(SELECT id FROM graphile_worker.jobs), run_at => now())',
    );
    await vi.waitFor(async () => expect(await jobs()).toEqual([]), { timeout: 10_000 });
  } finally {
    await runner.stop();
  }
  expect([...keys]).toEqual([kept]);
});

test('a job for an existing file deletes nothing', async () => {
  const { id } = await store.addFile('ours');
  const keys = new Set([`ours/${id}/1-a.jpg`]);
  const storage = { ...failingOnce(keys), delete: async (key: string) => void keys.delete(key) };
  const task: unknown = tasksOn(storage)['purged-objects'];
  if (typeof task !== 'function') throw new Error('No task.');
  const { signal: abortSignal } = new AbortController();
  await task({ storeId: 'ours', mediaId: id }, { abortSignal });
  expect(keys.size).toBe(1);
  await task({ storeId: 'theirs', mediaId: id }, { abortSignal });
  expect(keys.size).toBe(1);
});

test('a retention of 0 days keeps the trash forever, 30 days for a month', async () => {
  const { id } = await trashed('ours', 40);
  const run = async (days: number) => {
    const task: unknown = tasksOn(failingOnce(new Set()), { trashRetentionDays: days })[
      'old-trash'
    ];
    if (typeof task !== 'function') throw new Error('No task.');
    await task({}, { abortSignal: new AbortController().signal });
    return (await store.files.findFiles('ours', [id])).length;
  };
  expect([await run(0), await run(50), await run(30)]).toEqual([1, 1, 0]);
});

test('a retention of 0 days keeps the audit log forever, 30 days for a month', async () => {
  await store.pool.query('TRUNCATE audit_entries');
  await store.pool.query(`
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, at)
    SELECT gen_random_uuid(), 'ours', gen_random_uuid(), 'ann', 'updated', now() - interval '40 days'
    FROM generate_series(1, 10001)`);
  const run = async (auditRetentionDays: number, signal = new AbortController().signal) => {
    const tasks = tasksOn(failingOnce(new Set()), { auditRetentionDays });
    const task: unknown = tasks['old-audit-entries'];
    if (typeof task !== 'function') throw new Error('No task.');
    await task({}, { abortSignal: signal });
    return store.count('audit_entries');
  };
  expect([await run(0), await run(50)]).toEqual([10_001, 10_001]);
  expect(await run(30, AbortSignal.abort())).toBe(10_001);
  expect(await run(30)).toBe(0);
});

test('the crontab is valid and names existing tasks', () => {
  const tasks = Object.keys(tasksOn(failingOnce(new Set())));
  const named = parseCrontab(CRONTAB).map(({ task }) => task);
  expect(named).toEqual([
    'changed-counts',
    'old-trash',
    'old-changes',
    'old-audit-entries',
    'unreferenced-objects',
  ]);
  expect(tasks).toEqual(expect.arrayContaining(named));
});

test('ended URLs are kept for 30 days with a CDN, and for a day without one', async () => {
  await store.pool.query('DELETE FROM ended_media');
  await store.pool.query(`
    INSERT INTO ended_media (store_id, media_id, ended_at)
    SELECT 'ours', gen_random_uuid(), now() - make_interval(hours => hours)
    FROM unnest('{23, 25, 719, 721}'::int[]) hours`);
  const hoursAfter = async (hasCdn: boolean) => {
    const task: unknown = tasksOn(failingOnce(new Set()), { hasCdn })['old-changes'];
    if (typeof task !== 'function') throw new Error('No task.');
    await task({}, { abortSignal: new AbortController().signal });
    const { rows } = await store.pool.query(
      `SELECT round(extract(epoch FROM now() - ended_at) / 3600)::int AS hours FROM ended_media ORDER BY id`,
    );
    return rows.map(({ hours }) => hours);
  };
  expect(await hoursAfter(true)).toEqual([23, 25, 719]);
  expect(await hoursAfter(false)).toEqual([23]);
});

test('an aborted sweep ends, and a runner that never started can be stopped', async () => {
  const keys = new Set(['stray']);
  const storage = { ...failingOnce(keys), delete: async (key: string) => void keys.delete(key) };
  const task: unknown = tasksOn(storage)['unreferenced-objects'];
  if (typeof task !== 'function') throw new Error('No task.');
  await expect(task({}, { abortSignal: AbortSignal.abort() })).rejects.toThrow('aborted');
  expect(keys.size).toBe(1);
  await task({}, { abortSignal: new AbortController().signal });
  expect(keys.size).toBe(0);
  await createJobRunner({
    pool: store.jobsPool,
    tasks: {},
    crontab: CRONTAB,
    logger: silent,
  }).stop();
});
