import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from '../processes.ts';
import { megabytes, printTable, ratio, verdict } from '../table.ts';
import { createFetcher, inParallel, median, pathOf } from '../load.ts';

const ROUNDS = 3;
const HITS = 20_000;
const LARGE_HITS = 30;
const MIN_SMALL_RATIO = 0.3;
const MAX_CPU_MS = 0.2;
const MIN_LARGE_RATIO = 0.8;

/**
 * Measures delivery of existing images, small ones from memory and large ones from the disk, compared with a bare
 * server of the same bytes.
 */
export async function benchWarm({
  small,
  large,
  origin,
  cmsPid,
}: {
  small: { url: string; file: string };
  large: { url: string; file: string };
  origin: string;
  cmsPid: number;
}) {
  const bare = await startBareServer(small.file, large.file);
  const [floor, ours] = [createFetcher(bare.origin, 16), createFetcher(origin, 16)];
  const smallFloors: number[] = [];
  const smallRates: number[] = [];
  const cpuMs: number[] = [];
  const largeFloors: number[] = [];
  const largeRates: number[] = [];
  let smallBytes = 0;
  let largeBytes = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const floorSeconds = await hit(HITS, 16, () => floor.get('/buffer'));
    const before = cpuSeconds([cmsPid]);
    const seconds = await hit(HITS, 16, async () => {
      smallBytes = (await ours.get(pathOf(small.url))).byteSize;
    });
    const cpu = ((cpuSeconds([cmsPid]) - before) * 1000) / HITS;
    const largeFloor = await hit(LARGE_HITS, 4, () => floor.get('/stream'));
    const largeSeconds = await hit(LARGE_HITS, 4, async () => {
      largeBytes = (await ours.get(pathOf(large.url))).byteSize;
    });
    if (round === 0) continue; // Warming up.
    smallFloors.push(HITS / floorSeconds);
    smallRates.push(HITS / seconds);
    cpuMs.push(cpu);
    largeFloors.push((LARGE_HITS * largeBytes) / largeFloor);
    largeRates.push((LARGE_HITS * largeBytes) / largeSeconds);
  }
  bare.stop();
  await Promise.all([floor.close(), ours.close()]);

  const smallShare = median(smallRates) / median(smallFloors);
  const cpu = median(cpuMs);
  printTable(`Warm: ${(smallBytes / 1000).toFixed(0)} KB, 16 at a time`, [
    ['node:http, a buffer', `${median(smallFloors).toFixed(0)}/s`],
    ['cms', `${median(smallRates).toFixed(0)}/s`],
    ['ratio', ratio(smallShare), atLeast(MIN_SMALL_RATIO, smallShare)],
    [
      'CPU a hit',
      `${cpu.toFixed(3)} ms`,
      `at most ${MAX_CPU_MS} ms: ${verdict(cpu <= MAX_CPU_MS)}`,
    ],
  ]);
  const largeShare = median(largeRates) / median(largeFloors);
  printTable(`An original of ${megabytes(largeBytes)}, 4 at a time`, [
    ['node:http, a stream', `${megabytes(median(largeFloors))}/s`],
    ['cms', `${megabytes(median(largeRates))}/s`],
    ['ratio', ratio(largeShare), atLeast(MIN_LARGE_RATIO, largeShare)],
  ]);
}

const atLeast = (wanted: number, share: number) =>
  `at least ${ratio(wanted)}: ${verdict(share >= wanted)}`;

const hit = (times: number, atOnce: number, work: () => Promise<unknown>) =>
  inParallel(Array.from({ length: times }).keys(), { atOnce, work });

async function startBareServer(small: string, large: string) {
  const script = fileURLToPath(new URL('bare-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, small, large], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const firstLine = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return { origin: `http://127.0.0.1:${String(firstLine.value)}`, stop: () => child.stdin.end() };
}
