import { createLogger } from '@federated-media/subgraph-kit/logger';
import { expect, onTestFinished, test } from 'vitest';
import { childrenOf, processState } from '../../testing/process-table.ts';
import { type PoolOptions, createWorkerPool } from './worker-pool.ts';

const onLinux = test.runIf(process.platform === 'linux');

function setUp(options: Partial<PoolOptions> = {}) {
  const pool = createWorkerPool({
    module: new URL('../../testing/test-worker.ts', import.meta.url),
    workers: 1,
    warmWorkers: 1,
    jobTimeLimitMs: 10_000,
    maxQueued: 10,
    maxMemoryBytes: 4 * 2 ** 30,
    logger: createLogger({ name: 'test', level: 'silent' }),
    ...options,
  });
  onTestFinished(() => pool.stop());
  return { ...pool, run: (command: string) => pool.run({ command }) };
}

test('a worker that crashes fails only its own job', async () => {
  const { run } = setUp();
  const first = await run('pid');
  const [crash, second] = await Promise.allSettled([run('crash'), run('pid')]);
  expect(crash).toMatchObject({ reason: { name: 'WorkerError', reason: 'crashed' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: expect.any(Number) });
  expect(second).not.toMatchObject({ value: first });
});

test('a worker that hangs is killed, and the next job runs', async () => {
  const { run } = setUp({ jobTimeLimitMs: 1500 });
  const first = Number(await run('pid'));
  const [spin, second] = await Promise.allSettled([run('spin'), run('pid')]);
  expect(spin).toMatchObject({ reason: { reason: 'timed-out' } });
  expect(second).toMatchObject({ status: 'fulfilled' });
  await expect.poll(() => isRunning(first)).toBe(false);
});

test('a worker can shorten its time limit, for the current job only', async () => {
  const { run } = setUp({ jobTimeLimitMs: 60_000 });
  await expect(run('hurry')).rejects.toMatchObject({ reason: 'timed-out' });
  const first = await run('pid');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await run('pid')).toBe(first);
});

test('a job that fails does not end its worker', async () => {
  const { run } = setUp();
  const first = await run('pid');
  await expect(run('fail')).rejects.toMatchObject({
    reason: 'broken',
    message: 'Error: as requested',
  });
  expect(await run('pid')).toBe(first);
});

test('a worker that sends an invalid message is not used again', async () => {
  const { run } = setUp();
  const first = await run('pid');
  await expect(run('babble')).rejects.toMatchObject({ reason: 'crashed' });
  expect(await run('pid')).not.toBe(first);
});

onLinux('a worker that exceeds its memory limit ends', async () => {
  const { run } = setUp({ maxMemoryBytes: 2 ** 30 });
  await expect(run('devour')).rejects.toMatchObject({ name: 'WorkerError' });
  expect(await run('pid')).toBeTypeOf('number');
});

test('workers get no environment variables of the server', async () => {
  const { run } = setUp();
  process.env.A_SECRET_OF_THE_SERVER = 'x';
  onTestFinished(() => void delete process.env.A_SECRET_OF_THE_SERVER);
  const environment = await setUp().run('environment');
  expect(environment).not.toHaveProperty('A_SECRET_OF_THE_SERVER');
  expect(await run('environment')).not.toHaveProperty('HOME');
});

test('jobs beyond the queue limit are rejected, the others run', async () => {
  const { run } = setUp({ maxQueued: 2 });
  const outcomes = await Promise.allSettled([
    run('pid'),
    run('pid'),
    run('pid'),
    run('pid'),
    run('pid'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  expect(outcomes.at(-1)).toMatchObject({ reason: { reason: 'overloaded' } });
});

test('a worker that cannot start fails one job per start', async () => {
  const module = new URL('../../testing/broken-worker.ts', import.meta.url);
  const { run } = setUp({ module, workers: 2 });
  await expect(run('pid')).rejects.toMatchObject({
    reason: 'broken',
    message: 'The worker ended with exit code 3.',
  });
  await expect(run('pid')).rejects.toMatchObject({ reason: 'broken' });
});

test('jobs run in parallel in all workers', async () => {
  const { run } = setUp({ workers: 2 });
  const pids = await Promise.all([run('pid'), run('pid'), run('pid'), run('pid')]);
  expect(new Set(pids).size).toBe(2);
});

test('stop kills busy workers, rejects all jobs and resolves when the workers have ended', async () => {
  const { run, stop } = setUp();
  const pid = Number(await run('pid'));
  const working = run('spin');
  const waiting = run('pid');
  const outcomes = Promise.allSettled([working, waiting]);
  await stop();
  expect(isRunning(pid)).toBe(false);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(run('pid')).rejects.toMatchObject({ reason: 'broken' });
  await stop();
});

function isRunning(pid: number): boolean {
  if (process.platform === 'linux') return processState(pid) !== undefined;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

onLinux(
  'only warm workers run without jobs; the others start for jobs and end when idle',
  async () => {
    const before = new Set(childrenOf(process.pid).map(({ pid }) => pid));
    const workers = () => childrenOf(process.pid).filter(({ pid }) => !before.has(pid)).length;
    const { run } = setUp({ workers: 3, warmWorkers: 1, idleMs: 300 });
    expect(workers()).toBe(1);
    const first = await run('pid');
    expect(await run('pid')).toBe(first);
    expect(workers()).toBe(1);
    const pids = await Promise.all([run('pid'), run('pid'), run('pid')]);
    expect(new Set(pids)).toHaveLength(3);
    await expect.poll(workers).toBe(1);
    expect(pids).toContain(await run('pid'));
  },
);

onLinux('keeps a warm worker after the first one has crashed', async () => {
  const before = new Set(childrenOf(process.pid).map(({ pid }) => pid));
  const workers = () => childrenOf(process.pid).filter(({ pid }) => !before.has(pid)).length;
  const { run } = setUp({ workers: 2, warmWorkers: 1, idleMs: 200 });
  await Promise.allSettled([run('crash'), run('pid')]);
  const kept = await run('pid');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(workers()).toBe(1);
  expect(await run('pid')).toBe(kept);
});
