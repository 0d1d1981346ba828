import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@federated-media/subgraph-kit/database';
import { openDatabaseProxy } from '@federated-media/subgraph-kit/testing/database-proxy';
import type { TaskList } from 'graphile-worker';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { createJobRunner } from './runner.ts';

const logger = pino({ level: 'silent' });
const SETTLED = { timeout: 50_000 };

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
  await store.prepareQueue();
});
afterAll(() => store.close());

async function runJobs(tasks: TaskList, { isAvailable = true } = {}) {
  const proxy = await openDatabaseProxy(store.pool.options.connectionString!);
  onTestFinished(() => proxy.close());
  if (!isAvailable) proxy.stop();
  const pool = openPool({ url: proxy.url, name: 'jobs', logger, maxConnections: 4 });
  const jobs = createJobRunner({ pool, tasks, crontab: '', logger });
  await jobs.start();
  onTestFinished(async () => {
    await jobs.stop();
    await pool.end();
  });
  return { proxy, pool, jobs };
}

const add = (task: string) => store.pool.query('SELECT graphile_worker.add_job($1)', [task]);
const left = () => store.count('graphile_worker.jobs');

test('a job that ends while all connections are silent is done once, and others run afterwards', async () => {
  const started = Promise.withResolvers<void>();
  const isSilent = Promise.withResolvers<void>();
  const ran: string[] = [];
  const { proxy } = await runJobs({
    async slow() {
      ran.push('slow');
      started.resolve();
      await isSilent.promise;
    },
    async next() {
      ran.push('next');
    },
  });
  await add('slow');
  await started.promise;
  proxy.silence();
  isSilent.resolve();
  await expect.poll(left, SETTLED).toBe(0);
  await add('next');
  await expect.poll(left, SETTLED).toBe(0);
  expect(ran).toEqual(['slow', 'next']);
});

test('stops although the result of a job cannot be recorded', async () => {
  const started = Promise.withResolvers<void>();
  const isGone = Promise.withResolvers<void>();
  const { proxy, pool, jobs } = await runJobs({
    async unrecorded() {
      started.resolve();
      await isGone.promise;
    },
  });
  await add('unrecorded');
  await started.promise;
  proxy.close();
  await expect.poll(() => pool.totalCount, SETTLED).toBe(0);
  isGone.resolve();
  await jobs.stop();
  await store.pool.query('DELETE FROM graphile_worker._private_jobs');
});

test('stops after a job that takes longer than the limit without a database', async () => {
  const started = Promise.withResolvers<void>();
  let isDone = false;
  const { jobs } = await runJobs({
    async long() {
      started.resolve();
      await sleep(8_000);
      isDone = true;
    },
  });
  await add('long');
  await started.promise;
  await jobs.stop();
  expect(isDone).toBe(true);
});

test('jobs that start while the database is not available run as soon as it is', async () => {
  const ran: string[] = [];
  const { proxy } = await runJobs(
    {
      async first() {
        ran.push('first');
      },
    },
    { isAvailable: false },
  );
  proxy.resume();
  await add('first');
  await expect.poll(() => ran, SETTLED).toEqual(['first']);
});
