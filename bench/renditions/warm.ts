import { stat } from 'node:fs/promises';
import { startBareServer } from '../child-server.ts';
import type { Cost } from '../cost.ts';
import { type Load, type Rounds, inTurns } from '../in-turns.ts';
import { createFetcher, median, pathOf } from '../load.ts';
import { atLeast, megabytes, most, printTable, ratio, spread, verdict } from '../table.ts';

const SMALL = { times: 20_000, atOnce: 16, rounds: 5 };
const LARGE = { times: 30, atOnce: 4, rounds: 5 };
const MIN_SMALL_RATIO = 0.6;
const MAX_CPU_MS = 0.1;
const MIN_LARGE_RATIO = 0.8;

/**
 * Measures delivery of existing images, small ones from memory and large ones from the disk, compared with a bare
 * server of the same bytes. Both run in turns, and each round is one ratio.
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
  const bare = await startBareServer({ small: small.file, large: large.file });
  const [floor, ours] = [createFetcher(bare.url, 16), createFetcher(origin, 16)];
  const compare = (load: Load, { bareUrl, url }: { bareUrl: string; url: string }) =>
    inTurns(load, {
      floor: { roots: new Map([['bare', bare.pid]]), ask: () => floor.get(bareUrl) },
      ours: { roots: new Map([['cms', cmsPid]]), ask: () => ours.get(pathOf(url)) },
    });
  const smallRounds = await compare(SMALL, { bareUrl: '/buffer', url: small.url });
  const largeRounds = await compare(LARGE, { bareUrl: '/stream', url: large.url });
  await Promise.all([floor.close(), ours.close()]);
  await bare.stop();
  await printSmall(smallRounds, small.file);
  await printLarge(largeRounds, large.file);
}

async function printSmall({ floors, costs, rateRatios }: Rounds, file: string) {
  const { size } = await stat(file);
  const [floorCpu, cpu] = [floors, costs].map((rounds) => rounds.map(({ cpuMs: each }) => each));
  printTable(`Warm: ${(size / 1000).toFixed(0)} KB, ${SMALL.atOnce} at a time`, [
    ['node:http, a buffer', `${rateOf(floors).toFixed(0)}/s`],
    ['cms', `${rateOf(costs).toFixed(0)}/s`],
    ['ratio', spread(rateRatios, ratio), atLeast(MIN_SMALL_RATIO, rateRatios)],
    ['CPU a hit, node:http', spread(floorCpu ?? [], cpuMs)],
    [
      'CPU a hit, cms',
      spread(cpu ?? [], cpuMs),
      `at most ${MAX_CPU_MS} ms: ${verdict(most(cpu ?? []) <= MAX_CPU_MS)}`,
    ],
  ]);
}

async function printLarge({ floors, costs, rateRatios }: Rounds, file: string) {
  const { size } = await stat(file);
  printTable(`An original of ${megabytes(size)}, ${LARGE.atOnce} at a time`, [
    ['node:http, a stream', `${megabytes(size * rateOf(floors))}/s`],
    ['cms', `${megabytes(size * rateOf(costs))}/s`],
    ['ratio', spread(rateRatios, ratio), atLeast(MIN_LARGE_RATIO, rateRatios)],
  ]);
}

const cpuMs = (value: number) => `${value.toFixed(3)} ms`;
const rateOf = (costs: readonly Cost[]) => median(costs.map(({ perSecond }) => perSecond));
