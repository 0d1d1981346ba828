import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { median } from '../load.ts';
import { cpuSecondsByProcess } from '../processes.ts';
import { least } from '../table.ts';

const MAX_ROUNDS = 40;
const MIN_ROUNDS = 2;
const WARM_UPS = 4;
const ENOUGH_MS = 3_000;

export interface Timing {
  /** Of all processes, which other load of the machine hardly changes. */
  readonly cpuMs: number;
  readonly medianMs: number;
  readonly leastMs: number;
}

/** Repeats `run`, which is served by `roots`, for a few seconds, or a few times if it takes longer. The message if it fails. */
export async function timingOf(
  run: () => Promise<unknown>,
  roots: ReadonlyMap<string, number>,
): Promise<Timing | string> {
  const cpuSeconds = () => [...cpuSecondsByProcess(roots).values()].reduce((a, b) => a + b, 0);
  try {
    const started = performance.now();
    for (let round = 0; round < WARM_UPS; round += 1) {
      await run();
      if (performance.now() - started > ENOUGH_MS / 2) break;
    }
    const times: number[] = [];
    const measuring = performance.now();
    const before = cpuSeconds();
    while (times.length < MAX_ROUNDS) {
      const start = performance.now();
      await run();
      times.push(performance.now() - start);
      if (times.length >= MIN_ROUNDS && performance.now() - measuring > ENOUGH_MS) break;
    }
    const cpuMs = ((cpuSeconds() - before) * 1000) / times.length;
    return { cpuMs, medianMs: median(times), leastMs: least(times) };
  } catch (error) {
    return messageOf(error);
  }
}

export const ms = (value: number): string =>
  value < 100 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`;
