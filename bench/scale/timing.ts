import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { median } from '../load.ts';
import { least } from '../table.ts';

const MAX_ROUNDS = 60;
const MIN_ROUNDS = 2;
const WARM_UPS = 5;
const ENOUGH_MS = 4_000;

export interface Timing {
  readonly medianMs: number;
  readonly leastMs: number;
}

/** Repeats `run` for a few seconds, or a few times if it takes longer. The message if it fails. */
export async function timingOf(run: () => Promise<unknown>): Promise<Timing | string> {
  try {
    const started = performance.now();
    for (let round = 0; round < WARM_UPS; round += 1) {
      await run();
      if (performance.now() - started > ENOUGH_MS / 2) break;
    }
    const times: number[] = [];
    const measuring = performance.now();
    while (times.length < MAX_ROUNDS) {
      const start = performance.now();
      await run();
      times.push(performance.now() - start);
      if (times.length >= MIN_ROUNDS && performance.now() - measuring > ENOUGH_MS) break;
    }
    return { medianMs: median(times), leastMs: least(times) };
  } catch (error) {
    return messageOf(error);
  }
}

export const ms = (value: number): string =>
  value < 100 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`;
