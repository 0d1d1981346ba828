import type { ForkOptions } from 'node:child_process';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { expect, test, vi } from 'vitest';
import { TEST_POOL } from '../../testing/test-pool.ts';
import { createWorkerPool } from './worker-pool.ts';

// The system cannot start any process, for example because the process limit is reached.
vi.mock(import('node:child_process'), async (importOriginal) => {
  const { fork, ...others } = await importOriginal();
  const forkNothing = (path: string | URL, options?: ForkOptions | readonly string[]) =>
    fork(path, { ...options, execPath: '/there/is/no/such/program' });
  return { ...others, fork: forkNothing };
});

const openPool = () =>
  createWorkerPool({
    ...TEST_POOL,
    workers: 2,
    warmWorkers: 2,
    logger: createLogger({ name: 'test', level: 'silent' }),
  });

test('workers that never started fail their jobs, and stop does not wait for them', async () => {
  const pool = openPool();
  const failed = { reason: 'unavailable', message: expect.stringContaining('ENOENT') };
  await expect(pool.run({ command: 'pid' }, { storeId: 'ours' })).rejects.toMatchObject(failed);
  await expect(pool.run({ command: 'pid' }, { storeId: 'ours' })).rejects.toMatchObject(failed);
  await pool.stop();
});

test('stop does not wait for a worker whose start has not failed yet', async () => {
  await openPool().stop();
});
