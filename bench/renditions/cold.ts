import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { printTable, ratio, verdict } from '../table.ts';
import { createFetcher, inParallel, median, pathOf } from '../load.ts';

const MIN_RATIO = 0.9;

/**
 * Measures the first rendition of 12-megapixel JPEGs to WebP with a width of 400, compared with sharp alone on all
 * processors.
 */
export async function benchCold({
  urls,
  picture,
  origin,
}: {
  /** The URLs of each round; each of another file. */
  urls: readonly (readonly string[])[];
  /** The same image as a file. */
  picture: string;
  origin: string;
}) {
  const workers = await Promise.all(Array.from({ length: availableParallelism() }, startWorker));
  const fetcher = createFetcher(origin, 8);
  const floors: number[] = [];
  const rates: number[] = [];
  for (const [number, round] of urls.entries()) {
    const floor = round.length / (await drawAll(workers, { picture, count: round.length }));
    const get = async (url: string) => {
      const { statusCode } = await fetcher.get(pathOf(url));
      if (statusCode !== 200) throw new Error(`A rendition returned ${statusCode}.`);
    };
    const rate = round.length / (await inParallel(round, { atOnce: 8, work: get }));
    // The first round warms up both processes; no image is requested twice.
    if (number === 0) continue;
    floors.push(floor);
    rates.push(rate);
  }
  await fetcher.close();
  for (const worker of workers) worker.kill();

  const share = median(rates) / median(floors);
  printTable(`Cold: 12-megapixel JPEG to 400 px WebP, ${urls[0]?.length ?? 0} a round`, [
    ['sharp in a loop', `${median(floors).toFixed(1)}/s`, all(floors)],
    ['cms', `${median(rates).toFixed(1)}/s`, all(rates)],
    ['ratio', ratio(share), `at least ${ratio(MIN_RATIO)}: ${verdict(share >= MIN_RATIO)}`],
  ]);
}

async function startWorker(): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('bare-loop.ts', import.meta.url)));
  await once(worker, 'message');
  return worker;
}

/** Every worker starts the next one when it is done. In seconds. */
async function drawAll(
  workers: readonly ChildProcess[],
  { picture, count }: { picture: string; count: number },
): Promise<number> {
  const queue = Array.from({ length: count }).values();
  const started = performance.now();
  await Promise.all(
    workers.map(async (worker) => {
      for (const _each of queue) {
        worker.send(picture);
        await once(worker, 'message');
      }
    }),
  );
  return (performance.now() - started) / 1000;
}

const all = (rates: readonly number[]) => `all: ${rates.map((rate) => rate.toFixed(1)).join(', ')}`;
