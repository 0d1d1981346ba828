import { type Cost, costOf } from './cost.ts';
import { inParallel } from './load.ts';

export interface Load {
  /** Requests in a round. */
  readonly times: number;
  readonly atOnce: number;
  readonly rounds: number;
}

export interface Target {
  /** The processes that serve it, by name. */
  readonly roots: ReadonlyMap<string, number>;
  /** Sends one request. */
  ask(): Promise<unknown>;
}

export interface Rounds {
  readonly floors: readonly Cost[];
  readonly costs: readonly Cost[];
  /** Ours to the floor, in each round. */
  readonly rateRatios: readonly number[];
  readonly cpuRatios: readonly number[];
}

/** Loads the floor and ours in turns, so that other load of the machine affects both. Each round is one ratio. */
export async function inTurns(
  { times, atOnce, rounds }: Load,
  { floor, ours }: { floor: Target; ours: Target },
): Promise<Rounds> {
  const cost = ({ roots, ask }: Target) =>
    costOf(roots, {
      count: times,
      work: () => inParallel(Array.from({ length: times }).keys(), { atOnce, work: ask }),
    });
  const all: { floor: Cost; ours: Cost }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    all.push({ floor: await cost(floor), ours: await cost(ours) });
  }
  // The first round warms up both.
  const measured = all.slice(1);
  return {
    floors: measured.map((each) => each.floor),
    costs: measured.map((each) => each.ours),
    rateRatios: measured.map((each) => each.ours.perSecond / each.floor.perSecond),
    cpuRatios: measured.map((each) => each.ours.cpuMs / each.floor.cpuMs),
  };
}
