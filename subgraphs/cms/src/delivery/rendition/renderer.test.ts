import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { jpeg } from '../../testing/images.ts';
import { childrenOf } from '../../testing/process-table.ts';
import {
  type PoolOptions,
  type RunOptions,
  WorkerError,
  createWorkerPool,
} from '../../platform/workers/worker-pool.ts';
import type { SettledRecipe } from './recipe.ts';
import { createRenderer } from './renderer.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;
const recipe: SettledRecipe = {
  width: 40,
  height: null,
  fit: 'INSIDE',
  focus: { x: 500, y: 500 },
  format: 'webp',
  quality: null,
  background: null,
};

async function setUp(
  options: Partial<Parameters<typeof createRenderer>[0]> = {},
  size = { width: 2000, height: 1500 },
) {
  const folder = await temporaryFolder();
  const path = join(folder, 'picture');
  await writeFile(path, await jpeg(size));
  const renderer = createRenderer({
    maxPixels: 30_000_000,
    ffmpeg: null,
    workers: 1,
    logger,
    ...options,
  });
  onTestFinished(() => renderer.stop());
  let count = 0;
  return (changes: Partial<SettledRecipe> = {}, signal = never) => {
    const to = join(folder, `rendition-${(count += 1)}`);
    const job = { path, to, recipe: { ...recipe, ...changes }, vectorSize: null };
    return renderer.draw(job, { storeId: 'ours', signal });
  };
}

/** The real pool, which reports when it is given a job. */
function spying(onJob: () => void) {
  return (options: PoolOptions) => {
    const pool = createWorkerPool(options);
    return {
      ...pool,
      run: (...given: Parameters<typeof pool.run>) => {
        const running = pool.run(...given);
        onJob();
        return running;
      },
    };
  };
}

const killed = () => new WorkerError('killed', 'x');
const full = () => new WorkerError('unavailable', 'x');
const noSpace = () => new WorkerError('broken', 'x', { code: 'ENOSPC' });

test('only a rendition that takes too long fails; the next one is rendered', async () => {
  const draw = await setUp({ cpuLimitMs: 1_500 }, { width: 6000, height: 4000 });
  await draw(); // the worker has started
  const slow = draw({ width: 4096, format: 'avif', quality: 100 });
  await Promise.all([
    expect(slow).rejects.toMatchObject({ reason: 'failed' }),
    expect(draw()).resolves.toMatchObject({ byteSize: expect.any(Number) }),
  ]);
}, 120_000);

test('a rendition whose worker is killed once is rendered by another one', async () => {
  const others = new Set(childrenOf(process.pid).map(({ pid }) => pid));
  const draw = await setUp();
  await draw(); // the worker has started
  const worker = childrenOf(process.pid).find(({ pid }) => !others.has(pid));
  const drawing = draw({ width: 1000, format: 'avif' });
  process.kill(worker!.pid, 'SIGKILL');
  await expect(drawing).resolves.toMatchObject({ byteSize: expect.any(Number) });
});

test.each<[string, WorkerError[], { reason: string; tries: number }]>([
  ['is killed twice', [killed(), killed()], { reason: 'overloaded', tries: 2 }],
  ['is killed, and the pool is full', [killed(), full()], { reason: 'overloaded', tries: 2 }],
  ['crashes', [new WorkerError('crashed', 'x')], { reason: 'failed', tries: 1 }],
  ['takes too long', [new WorkerError('timed-out', 'x')], { reason: 'failed', tries: 1 }],
  ['reports an error', [new WorkerError('broken', 'bad image')], { reason: 'failed', tries: 1 }],
  ['finds the disk full', [noSpace()], { reason: 'overloaded', tries: 1 }],
])('a rendition whose worker %s: %o', async (_what, errors, { reason, tries }) => {
  let jobs = 0;
  const openPool = () => ({
    run: () => Promise.reject(errors[jobs++]!),
    stop: async () => {},
  });
  const draw = await setUp({ openPool }, { width: 1, height: 1 });
  await expect(draw()).rejects.toMatchObject({ reason });
  expect(jobs).toBe(tries);
});

test('jobs have the time limit of their kind, and belong to a store', async () => {
  const given: RunOptions[] = [];
  const openPool = () => ({
    run(_job: object, options: RunOptions) {
      given.push(options);
      return Promise.resolve({ none: 'not rendered' });
    },
    stop: async () => {},
  });
  const renderer = createRenderer({ maxPixels: 1_000, ffmpeg: null, logger, openPool });
  const asked = { storeId: 'theirs', signal: never };
  const [path, to] = ['/from', '/to'];
  const source = { path, to, durationSeconds: null };
  await Promise.allSettled([
    renderer.draw({ path, to, recipe, vectorSize: null }, asked),
    renderer.draw({ path, to, recipe, vectorSize: { width: 1, height: 1 } }, asked),
    renderer.drawPreview({ ...source, mimeType: 'application/pdf' }, asked),
    renderer.drawPreview({ ...source, mimeType: 'video/mp4' }, asked),
  ]);
  expect(given.map(({ cpuLimitMs }) => cpuLimitMs)).toEqual([40_000, 20_000, 15_000, 40_000]);
  expect(new Set(given.map(({ storeId }) => storeId))).toEqual(new Set(['theirs']));
});

test('a rendition that cannot be written to the disk may be tried again later', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'picture');
  await writeFile(path, await jpeg());
  const renderer = createRenderer({ maxPixels: 30_000_000, ffmpeg: null, workers: 1, logger });
  onTestFinished(() => renderer.stop());
  const to = join(folder, 'no-such-folder', 'rendition');
  await expect(
    renderer.draw({ path, to, recipe, vectorSize: null }, { storeId: 'ours', signal: never }),
  ).rejects.toMatchObject({ reason: 'overloaded', cause: { code: 'ENOENT' } });
});

test('rejects what exceeds the queue at once', async () => {
  const draw = await setUp({ maxWaiting: 4 });
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => draw()));
  const turnedAway = results.filter((outcome) => outcome.status === 'rejected');
  expect(turnedAway).toHaveLength(2);
  for (const { reason } of turnedAway) expect(reason).toMatchObject({ reason: 'overloaded' });
});

test('a caller that stops waiting leaves its position in the queue', async () => {
  let jobs = 0;
  const draw = await setUp({ maxWaiting: 2, openPool: spying(() => (jobs += 1)) });
  const [first, leaving] = [draw(), new AbortController()];
  const left = draw({}, leaving.signal);
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  await expect(draw()).resolves.toBeDefined();
  await first;
  expect(jobs).toBe(3);
});
