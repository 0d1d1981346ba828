import { cpuSeconds } from './processes.ts';

/** What one request costs. */
export interface Cost {
  /** CPU milliseconds of all processes. */
  readonly sum: number;
  readonly perSecond: number;
  /** CPU milliseconds by process, with all that it started. */
  readonly parts: ReadonlyMap<string, number>;
}

/** Runs `work`, which sends `count` requests, and divides the CPU time of the process trees below `roots` by them. */
export async function costOf(
  roots: ReadonlyMap<string, number>,
  { count, work }: { count: number; work: () => Promise<unknown> },
): Promise<Cost> {
  const look = () => [...roots].map(([name, pid]): [string, number] => [name, cpuSeconds([pid])]);
  const before = new Map(look());
  const startedAt = performance.now();
  await work();
  const elapsed = (performance.now() - startedAt) / 1000;
  const parts = new Map(
    look().map(([name, after]) => [name, ((after - (before.get(name) ?? 0)) * 1000) / count]),
  );
  const sum = [...parts.values()].reduce((total, ms) => total + ms, 0);
  return { sum, perSecond: count / elapsed, parts };
}

/** A row of a table: the middle one of several rounds, with its processes. */
export function rowOf(name: string, costs: readonly Cost[]): string[] {
  const middle = costs.toSorted((a, b) => a.sum - b.sum)[Math.floor(costs.length / 2)];
  if (!middle) return [name];
  const parts = [...middle.parts].filter(([, ms]) => ms >= 0.05);
  return [
    name,
    `${middle.sum.toFixed(1)} ms`,
    middle.perSecond.toFixed(0),
    parts.map(([part, ms]) => `${part} ${ms.toFixed(1)}`).join(', '),
  ];
}
