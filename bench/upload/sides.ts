import { execFileSync } from 'node:child_process';
import type { Stack } from '@federated-media/stack/stack';
import { type Cost, costOf, middleOf, partsOf } from '../cost.ts';
import { printTable, ratio, spread, verdict } from '../table.ts';
import type { Floor } from './floor.ts';

/** One of the compared ways to upload. */
export interface Side {
  readonly name: string;
  /** Resolves to the work of one round; what it needs is generated before. */
  readonly prepare: () => Promise<() => Promise<unknown>>;
  /** The least ratio of its speed to that of the floor, and the greatest ratio of CPU. Absent: the floor itself. */
  readonly goal?: { readonly minSpeed: number; readonly maxCpu?: number };
}

export const processesOf = (stack: Stack, floor: Floor): ReadonlyMap<string, number> =>
  new Map([
    ...stack.processes.map((each): [string, number] => [each.name, each.pid]),
    ['PostgreSQL', stack.postgres.pid],
    ['floor', floor.pid],
  ]);

/** Measures the sides in turn, the floor first. `count`: the uploads of a side per round. */
export async function compare(
  sides: readonly Side[],
  {
    rounds,
    count,
    processes,
  }: { rounds: number; count: number; processes: ReadonlyMap<string, number> },
): Promise<Cost[][]> {
  const costs = sides.map((): Cost[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { prepare }] of sides.entries()) {
      const work = await prepare();
      // The bytes of the previous side are in the page cache, and the first sync would wait for them.
      execFileSync('sync');
      costs[index]?.push(await costOf(processes, { count, work }));
    }
  }
  return costs;
}

/** Prints the middle round of each side, and the least and the greatest ratio to the floor of the same round. */
export function printSides(
  title: string,
  {
    sides,
    costs,
    speedOf,
  }: { sides: readonly Side[]; costs: readonly Cost[][]; speedOf: (cost: Cost) => string },
) {
  const [floor = []] = costs;
  const rows = sides.flatMap(({ name, goal }, index) => {
    const own = costs[index] ?? [];
    const middle = middleOf(own);
    if (!middle) return [];
    const row = [name, speedOf(middle), `${middle.cpuMs.toFixed(1)} ms`, partsOf(middle)];
    if (!goal) return [row];
    const speeds = own.map((cost, round) => cost.perSecond / (floor[round]?.perSecond ?? 0));
    const cpus = own.map((cost, round) => cost.cpuMs / (floor[round]?.cpuMs ?? 0));
    const { minSpeed, maxCpu = Infinity } = goal;
    const speed = `at least ${ratio(minSpeed)}: ${verdict(Math.min(...speeds) >= minSpeed)}`;
    const cpu =
      maxCpu === Infinity
        ? ''
        : `at most ${ratio(maxCpu)}: ${verdict(Math.max(...cpus) <= maxCpu)}`;
    return [
      row,
      ['  speed to the floor', spread(speeds, ratio), speed],
      ['  CPU to the floor', spread(cpus, ratio), cpu],
    ];
  });
  printTable(title, [['', 'speed', 'CPU per upload', 'of these'], ...rows]);
}
