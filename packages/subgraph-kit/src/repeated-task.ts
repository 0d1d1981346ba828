import { setTimeout as sleep } from 'node:timers/promises';

/** Background work that repeats until it is stopped: `run`, a pause, `run` again. `run` handles its errors. */
export function createRepeatedTask({
  pauseMs,
  run,
}: {
  pauseMs: number;
  run: (signal: AbortSignal) => Promise<void>;
}) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running = Promise.resolve();

  async function repeat() {
    while (!signal.aborted) {
      await run(signal);
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {}); // stopped during the pause
    }
  }

  return {
    start() {
      running = repeat();
    },
    /** Resolves when the current run has ended. */
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
