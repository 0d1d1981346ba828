import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Cost, costOf, rowOf } from '../cost.ts';
import { createFetcher, inParallel, pathOf } from '../load.ts';
import { atLeast, printTable, ratio, spread } from '../table.ts';

const MIN_RATIO = 0.95;
const AT_ONCE = 8;

/**
 * Measures the first rendition of 12-megapixel JPEGs to WebP with a width of 400, compared with sharp alone on all
 * processors.
 */
export async function benchCold({
  warmUp,
  urls,
  picture,
  origin,
  roots,
}: {
  /** Requested before, so that both have compiled their code. */
  warmUp: readonly string[];
  /** The URLs of each round; each of another file. */
  urls: readonly (readonly string[])[];
  /** The same image as a file. */
  picture: string;
  origin: string;
  /** All processes that take part, by name. */
  roots: ReadonlyMap<string, number>;
}) {
  const workers = await Promise.all(Array.from({ length: availableParallelism() }, startWorker));
  const fetcher = createFetcher(origin, AT_ONCE);
  const floorRoots = new Map(workers.map(({ pid }, index) => [`sharp ${index + 1}`, pid ?? 0]));
  const get = async (url: string) => {
    const { statusCode } = await fetcher.get(pathOf(url));
    if (statusCode !== 200) throw new Error(`A rendition returned ${statusCode}.`);
  };
  await drawAll(workers, { picture, count: warmUp.length });
  await inParallel(warmUp, { atOnce: AT_ONCE, work: get });
  const floors: Cost[] = [];
  const costs: Cost[] = [];
  for (const round of urls) {
    const count = round.length;
    const floor = await costOf(floorRoots, {
      count,
      work: () => drawAll(workers, { picture, count }),
    });
    const cost = await costOf(roots, {
      count,
      work: () => inParallel(round, { atOnce: AT_ONCE, work: get }),
    });
    floors.push(floor);
    costs.push(cost);
  }
  await fetcher.close();
  for (const worker of workers) worker.kill();

  const ratios = costs.map(({ perSecond }, round) => perSecond / (floors[round]?.perSecond ?? NaN));
  printTable(`Cold: 12-megapixel JPEG to 400 px WebP, ${urls[0]?.length ?? 0} a round`, [
    ['', 'CPU each', 'per second', 'of these'],
    rowOf('sharp in a loop', floors),
    rowOf('cms', costs),
    ['ratio', spread(ratios, ratio), atLeast(MIN_RATIO, ratios)],
  ]);
}

async function startWorker(): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('bare-loop.ts', import.meta.url)));
  // The same low priority as the workers that it is compared with, so that other load affects both. At once, because
  // on Linux each thread has its own priority, and threads inherit it when they start.
  if (worker.pid !== undefined) setPriority(worker.pid, 19);
  await once(worker, 'message');
  return worker;
}

/** Every worker starts the next one when it is done. */
async function drawAll(
  workers: readonly ChildProcess[],
  { picture, count }: { picture: string; count: number },
): Promise<void> {
  const queue = Array.from({ length: count }).values();
  await Promise.all(
    workers.map(async (worker) => {
      for (const _each of queue) {
        worker.send(picture);
        await once(worker, 'message');
      }
    }),
  );
}
