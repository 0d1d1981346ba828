import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { jpeg } from '../../testing/images.ts';
import { childrenOf } from '../../testing/process-table.ts';
import { type PoolOptions, createWorkerPool } from '../../platform/workers/worker-pool.ts';
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
    return renderer.draw({ path, to, recipe: { ...recipe, ...changes }, vectorSize: null }, signal);
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

test('only a rendition that takes too long fails; the next one is rendered', async () => {
  const draw = await setUp({ timeLimitMs: 2_500 }, { width: 6000, height: 4000 });
  await draw(); // the worker has started
  const slow = draw({ width: 4096, format: 'avif', quality: 100 });
  await Promise.all([
    expect(slow).rejects.toMatchObject({ reason: 'failed' }),
    expect(draw()).resolves.toMatchObject({ byteSize: expect.any(Number) }),
  ]);
});

test('only a rendition whose worker is killed fails; the next one is rendered', async () => {
  const others = new Set(childrenOf(process.pid).map(({ pid }) => pid));
  const draw = await setUp();
  await draw();
  const killed = draw({ width: 2000, format: 'avif', quality: 100 });
  const worker = childrenOf(process.pid).find(({ pid }) => !others.has(pid));
  process.kill(worker!.pid, 'SIGKILL');
  await Promise.all([
    expect(killed).rejects.toMatchObject({ reason: 'failed' }),
    expect(draw()).resolves.toMatchObject({ byteSize: expect.any(Number) }),
  ]);
});

test('rejects what exceeds the queue at once', async () => {
  const draw = await setUp({ maxWaiting: 2 });
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => draw()));
  const turnedAway = results.filter((outcome) => outcome.status === 'rejected');
  expect(turnedAway).toHaveLength(2);
  for (const { reason } of turnedAway) expect(reason).toMatchObject({ reason: 'overloaded' });
});

test('a caller that stops waiting leaves its position in the queue', async () => {
  let jobs = 0;
  const draw = await setUp({ maxWaiting: 1, openPool: spying(() => (jobs += 1)) });
  const [first, leaving] = [draw(), new AbortController()];
  const left = draw({}, leaving.signal);
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  await expect(draw()).resolves.toBeDefined();
  await first;
  expect(jobs).toBe(3);
});
