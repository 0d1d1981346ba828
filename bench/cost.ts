import { cpuSecondsByProcess } from './processes.ts';

/** What one item cost in one round. */
export interface Cost {
  readonly perSecond: number;
  /** CPU milliseconds of all processes. */
  readonly cpuMs: number;
  /** CPU milliseconds by process; what a process started is added up as its workers. */
  readonly parts: ReadonlyMap<string, number>;
}

/** Measures `work`, which handles `count` items, in `roots` and all that they started. */
export async function costOf(
  roots: ReadonlyMap<string, number>,
  { count, work }: { count: number; work: () => Promise<unknown> },
): Promise<Cost> {
  const before = cpuSecondsByProcess(roots);
  const startedAt = performance.now();
  await work();
  const elapsed = (performance.now() - startedAt) / 1000;
  const parts = new Map(
    cpuSecondsByProcess(roots)
      .entries()
      .map(([name, after]) => [name, ((after - (before.get(name) ?? 0)) * 1000) / count]),
  );
  const cpuMs = parts.values().reduce((sum, ms) => sum + ms, 0);
  return { perSecond: count / elapsed, cpuMs, parts };
}

/** The round with the median CPU. */
export const middleOf = (costs: readonly Cost[]): Cost | undefined =>
  costs.toSorted((a, b) => a.cpuMs - b.cpuMs)[Math.floor(costs.length / 2)];

/** The processes that matter, as text. */
export const partsOf = ({ parts }: Cost): string =>
  [...parts]
    .filter(([, ms]) => ms >= 0.05)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
    .join(', ');

/** A row of a table: the median round, with its processes. */
export function rowOf(name: string, costs: readonly Cost[]): string[] {
  const middle = middleOf(costs);
  if (!middle) return [name];
  return [name, `${middle.cpuMs.toFixed(1)} ms`, middle.perSecond.toFixed(0), partsOf(middle)];
}
