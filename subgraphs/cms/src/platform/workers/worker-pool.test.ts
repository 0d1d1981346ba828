import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { childrenOf, processState } from '../../testing/process-table.ts';
import { TEST_POOL } from '../../testing/test-pool.ts';
import { createActiveStores } from './active-stores.ts';
import { type PoolOptions, createWorkerPool } from './worker-pool.ts';

const onLinux = test.runIf(process.platform === 'linux');

function setUp(options: Partial<PoolOptions> = {}) {
  const pool = createWorkerPool({
    ...TEST_POOL,
    workers: 1,
    warmWorkers: 1,
    logger: createLogger({ name: 'test', level: 'silent' }),
    ...options,
  });
  onTestFinished(() => pool.stop());
  const run = (command: string, storeId = 'ours') => pool.run({ command }, { storeId });
  const runUntil = (command: string, signal: AbortSignal) =>
    pool.run({ command }, { storeId: 'ours', signal, killedOnAbort: true });
  return { ...pool, run, runJob: pool.run, runUntil };
}

test('a worker that crashes fails only its own job', async () => {
  const { run } = setUp();
  const first = await run('pid');
  const [crash, second] = await Promise.allSettled([run('crash'), run('pid')]);
  expect(crash).toMatchObject({ reason: { name: 'WorkerError', reason: 'crashed' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: expect.any(Number) });
  expect(second).not.toMatchObject({ value: first });
});

test('a worker that uses too much CPU time is killed, and the next job runs', async () => {
  const { run } = setUp({ cpuLimitMs: 1500 });
  const first = Number(await run('pid'));
  const [spin, second] = await Promise.allSettled([run('spin'), run('pid')]);
  expect(spin).toMatchObject({ reason: { reason: 'timed-out' } });
  expect(second).toMatchObject({ status: 'fulfilled' });
  await expect.poll(() => isRunning(first)).toBe(false);
});

test('a worker can shorten its time limit, for the current job only', async () => {
  const { run } = setUp({ cpuLimitMs: 60_000 });
  await expect(run('hurry')).rejects.toMatchObject({ reason: 'timed-out' });
  const first = await run('pid');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await run('pid')).toBe(first);
});

onLinux('waiting uses no CPU time', async () => {
  const { run } = setUp({ cpuLimitMs: 300 });
  expect(await run('wait')).toBe('waited');
});

onLinux('a worker that the system has stopped for a while completes its job', async () => {
  const { run } = setUp({ cpuLimitMs: 1000 });
  const pid = Number(await run('pid'));
  const loading = run('load');
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  process.kill(pid, 'SIGCONT');
  expect(await loading).toBe('loaded');
  expect(await run('pid')).toBe(pid);
});

test('a worker that waits too long is killed, which is not the fault of its job', async () => {
  const { run } = setUp({ waitLimitMs: 400 });
  const first = Number(await run('pid'));
  await expect(run('wait')).rejects.toMatchObject({ reason: 'unavailable' });
  expect(await run('pid')).not.toBe(first);
});

onLinux('the CPU time of the children of a worker counts', async () => {
  const { run } = setUp({ cpuLimitMs: 500 });
  await expect(run('delegate')).rejects.toMatchObject({ reason: 'timed-out' });
});

onLinux('the time for loading code does not count, and only once', async () => {
  const { run } = setUp({ cpuLimitMs: 1000 });
  expect(await run('load')).toBe('loaded');
  await expect(run('load again and again')).rejects.toMatchObject({ reason: 'timed-out' });
});

test('a job whose caller gives up is killed, waiting or not, and the next job runs', async () => {
  const { run, runUntil } = setUp();
  const first = Number(await run('pid'));
  const giveUp = new AbortController();
  const working = runUntil('spin', giveUp.signal);
  const waiting = runUntil('pid', giveUp.signal);
  giveUp.abort(new Error('given up'));
  await expect(working).rejects.toThrow('given up');
  await expect(waiting).rejects.toThrow('given up');
  expect(await run('pid')).not.toBe(first);
  await expect.poll(() => isRunning(first)).toBe(false);
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
  const { run } = setUp({ maxQueued: 4 });
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
  expect(outcomes.at(-1)).toMatchObject({ reason: { reason: 'unavailable' } });
});

test('a worker that cannot start fails one job per start', async () => {
  const module = new URL('../../testing/broken-worker.ts', import.meta.url);
  const { run } = setUp({ module, workers: 2 });
  await expect(run('pid')).rejects.toMatchObject({
    reason: 'unavailable',
    message: 'The worker ended with exit code 3.',
  });
  await expect(run('pid')).rejects.toMatchObject({ reason: 'unavailable' });
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
  await expect(run('pid')).rejects.toMatchObject({ reason: 'unavailable' });
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

onLinux('Ctrl-C does not end a worker that is starting', async () => {
  const script = fileURLToPath(new URL('../../testing/interrupted-server.ts', import.meta.url));
  // In a new process group, as a shell starts a command.
  const server = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const logged = text(server.stderr);
  await once(server.stdout, 'data');
  const printed = text(server.stdout);
  process.kill(-server.pid!, 'SIGINT');
  expect(await printed).toBe('the job is done\n');
  expect(await logged).toBe('');
});

test('a worker that the kernel kills fails its job, but the job is not blamed', async () => {
  const { run } = setUp();
  const pid = Number(await run('pid'));
  const waiting = run('wait');
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.kill(pid, 'SIGKILL');
  await expect(waiting).rejects.toMatchObject({ reason: 'killed' });
});

test('an idle worker that keeps much memory is replaced', async () => {
  const { run } = setUp({ idleMs: 200 });
  const small = Number(await run('pid'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await run('keep')).toBe(small);
  await expect.poll(() => isRunning(small), { timeout: 10_000 }).toBe(false);
  expect(await run('pid')).not.toBe(small);
});

/** Jobs of stores that run until they are released. */
async function setUpHeld(options: Partial<PoolOptions> = {}) {
  const folder = await temporaryFolder();
  const { runJob, run } = setUp(options);
  const done: string[] = [];
  return {
    run,
    done,
    async hold(storeId: string, name: string) {
      const job = { command: 'wait for file', path: join(folder, name) };
      const result = await runJob(job, { storeId });
      done.push(name);
      return result;
    },
    release: (...names: string[]) =>
      Promise.all(names.map((name) => writeFile(join(folder, name), ''))),
  };
}

test('a store does not wait for the jobs of another one that floods the workers', async () => {
  const { run, hold, done, release } = await setUpHeld({ workers: 2 });
  const names = Array.from({ length: 6 }, (_, index) => `a${index}`);
  const flood = names.map((name) => hold('a', name));
  for (let job = 0; job < 3; job += 1) expect(await run('pid', 'b')).toBeTypeOf('number');
  expect(done).toEqual([]);
  await release(...names);
  await Promise.all(flood);
});

test('a store that floods the pool gets no spare worker, however long it waits', async () => {
  let now = 0;
  const activeStores = createActiveStores(() => now);
  const { hold, done, release } = await setUpHeld({ workers: 2, activeStores });
  const flood = ['a0', 'a1', 'a2'].map((name) => hold('a', name));
  await release('a2');
  const first = hold('b', 'b0');
  await release('b0');
  await first;
  expect(done).toEqual(['b0']);
  now += 2_000;
  await release('a0', 'a1');
  expect(new Set(await Promise.all(flood)).size).toBe(2);
});

test('while another store is active, a store has half of the workers', async () => {
  let now = 0;
  const activeStores = createActiveStores(() => now);
  const { run, hold, done, release } = await setUpHeld({ workers: 2, activeStores });
  const names = ['a0', 'a1', 'a2', 'a3'];
  const [first, ...others] = names.map((name) => hold('a', name));
  await run('pid', 'b');
  await release('a0', 'a2');
  await first;
  await run('pid', 'b');
  expect(done).toEqual(['a0']);
  now += 2_000;
  await release('a1', 'a3');
  await Promise.all(others);
});

onLinux('a single job has the priority of a spare worker while others work', async () => {
  const activeStores = createActiveStores(() => 0);
  const options = { workers: 2, niceness: 9, spareNiceness: 5, activeStores };
  const { run, hold, release } = await setUpHeld(options);
  const [first, second] = [hold('a', 'a0'), hold('a', 'a1')];
  await run('pid', 'b');
  await release('a0');
  await first;
  expect(getPriority(Number(await run('pid', 'b')))).toBe(5);
  await release('a1');
  await second;
});

test('a third store is next when a worker is free, before the jobs that have waited longer', async () => {
  const { run, hold, done, release } = await setUpHeld({ workers: 1 });
  const held = [hold('a', 'a0'), hold('a', 'a1'), hold('b', 'b0')];
  const third = run('pid', 'c');
  held.push(hold('b', 'b1'));
  await release('b0');
  expect(await third).toBeTypeOf('number');
  expect(done).toEqual(['b0']);
  await release('a0', 'a1', 'b1');
  await Promise.all(held);
});

test('a store whose share of the queue is full is refused, and the others are not', async () => {
  const { run, hold, release } = await setUpHeld({ workers: 1, maxQueued: 4 });
  const names = ['a0', 'a1', 'a2', 'a3'];
  const flood = names.map((name) => hold('a', name));
  await expect(flood[3]).rejects.toMatchObject({ reason: 'unavailable' });
  expect(await run('pid', 'b')).toBeTypeOf('number');
  await release(...names);
  await Promise.all(flood.slice(0, 3));
});

test('a job can have another time limit than the pool', async () => {
  const { runJob, run } = setUp({ cpuLimitMs: 60_000 });
  await run('pid');
  const spinning = runJob({ command: 'spin' }, { storeId: 'ours', cpuLimitMs: 300 });
  await expect(spinning).rejects.toMatchObject({ reason: 'timed-out' });
});

onLinux('spare workers have their own priority', async () => {
  const { run, hold, release } = await setUpHeld({ workers: 1, niceness: 9, spareNiceness: 5 });
  const held = hold('a', 'a0');
  expect(getPriority(Number(await run('pid', 'b')))).toBe(5);
  await release('a0');
  expect(getPriority(Number(await held))).toBe(9);
});
