import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@federated-media/stack/testing/seeded-random';
import { printTable } from '../table.ts';
import { type Findings, inspectPlatform } from './checks.ts';
import { FAULTS, type Fault } from './faults.ts';
import { KILL_POINTS, type KillPoint, nameOf } from './kill-points.ts';
import { type Platform, openPlatform } from './platform.ts';
import { type Counts, type Workload, createWorkload } from './workload.ts';

const SEED = Number(process.env['BENCH_SEED'] ?? randomInt(2 ** 31));
/** The first so many kill points of a random order. */
const ROUNDS = Number(process.env['BENCH_KILL_POINTS'] ?? KILL_POINTS.length);
const CHOSEN = process.env['BENCH_FAULTS']?.split(',').map((name) => name.trim());
/** How long the fault lasts after the kill. */
const AFTER_MS = 700;

interface Result extends Findings {
  readonly fault: string;
  readonly rounds: number;
  readonly lost: number;
  readonly crashes: number;
  readonly counts: Counts;
}

/**
 * Kills a process at each kill point while a fault lasts and uploads, attachments, removals and renditions run. Then
 * nothing that was acknowledged may be missing, nothing half may be left, and what remains must be removable.
 */
export async function run() {
  const faults = FAULTS.filter(({ name }) => !CHOSEN || CHOSEN.includes(name));
  if (faults.length === 0) {
    throw new Error(`BENCH_FAULTS: choose from ${FAULTS.map(({ name }) => name).join(', ')}.`);
  }
  process.stdout.write(`BENCH_SEED=${SEED}\n`);
  const results: Result[] = [];
  for (const fault of faults) results.push(await runFault(fault));
  print(results);
  if (!results.every(holds)) process.exitCode = 1;
}

async function runFault(fault: Fault): Promise<Result> {
  const random = seededRandom(SEED);
  const platform = await openPlatform();
  try {
    const workload = await createWorkload(platform.gatewayUrl, random);
    await workload.untilServing();
    const points = shuffled(KILL_POINTS, random).slice(0, ROUNDS);
    let [lost, crashes] = [0, 0];
    for (const [index, point] of points.entries()) {
      const { missing, crashed } = await runRound({ fault, point, platform, workload, random });
      lost += missing.length;
      crashes += crashed.length;
      for (const told of crashed) process.stdout.write(`${told}\n`);
      const outcome = missing.length === 0 ? 'nothing lost' : `LOST ${missing.join(', ')}`;
      const number = `${index + 1}/${points.length}`;
      process.stdout.write(`${fault.name}  ${number}  ${nameOf(point)}: ${outcome}\n`);
    }
    const findings = await inspectPlatform(platform);
    await workload.close();
    return {
      ...findings,
      fault: fault.name,
      rounds: points.length,
      lost,
      crashes,
      counts: workload.counts,
    };
  } finally {
    await platform.close();
  }
}

interface Round {
  readonly fault: Fault;
  readonly point: KillPoint;
  readonly platform: Platform;
  readonly workload: Workload;
  readonly random: () => number;
}

async function runRound({ fault, point, platform, workload, random }: Round) {
  const { operation, victim, moment } = point;
  const kill = () => platform.kill(victim);
  await workload.start();
  await fault.begin(platform);
  const work = workload.run(operation, moment === 'half' ? kill : undefined);
  // A half of the time is random. The file of an upload may never be read to its half.
  await sleep(moment === 'half' ? AFTER_MS : moment * (0.5 + random()));
  kill();
  await sleep(AFTER_MS);
  await fault.end(platform);
  const [crashed] = await Promise.all([platform.revive(), work, workload.stop()]);
  await workload.untilServing();
  return { missing: await workload.findLost(), crashed };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ item }) => item);
}

const holds = ({ lost, crashes, unfinished, broken, orphans, differences }: Result) =>
  lost + crashes + unfinished + broken + orphans[1] + differences[1] === 0;

function print(results: readonly Result[]) {
  const head = [
    'fault',
    'kills',
    'acknowledged: uploads, attached, removed',
    'renditions',
    'failed',
    'crashes',
    'lost',
    'half',
    'broken',
    'orphans, swept',
    'differences, reconciled',
    '',
  ];
  const rows = results.map((result) => [
    result.fault,
    String(result.rounds),
    `${result.counts.uploads}, ${result.counts.attachments}, ${result.counts.removals}`,
    String(result.counts.renditions),
    String(result.counts.failed),
    String(result.crashes),
    String(result.lost),
    String(result.unfinished),
    String(result.broken),
    result.orphans.join(', '),
    result.differences.join(', '),
    holds(result) ? 'holds' : 'BROKEN',
  ]);
  printTable('Faults and kills', [head, ...rows]);
}
