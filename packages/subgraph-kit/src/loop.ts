import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import { inBackground } from './telemetry/activity.ts';

const FIRST_BACKOFF_MS = 100;
/** About five seconds: processes that start together do not log that the others are unavailable. */
const FAILURES_BEFORE_WARNING = 7;

export interface LoopOptions {
  readonly name: string;
  /** One unit of work. Returns the pause before the next one in ms; 0 when there is more to do. */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /** The maximum pause after failures; each failure doubles the pause. */
  readonly maxBackoffMs: number;
  /** Whether a failed turn only means that another process is not available, which is logged once. */
  readonly isOutage: (error: unknown) => boolean;
  readonly logger: Logger;
}

/** Background work: one turn after the other, until it is stopped. A failed turn is retried with growing pauses. */
export function createLoop({ name, turn, maxBackoffMs, isOutage, logger }: LoopOptions) {
  const stopping = new AbortController();
  let pause = new AbortController();
  let failures = 0;
  let wakeUps = 0;
  let retries = 0;
  let waiting: (() => void)[] = [];
  let running: Promise<void> | undefined;

  async function run() {
    while (!stopping.signal.aborted) {
      const seen = { wakeUps, retries };
      const served = waiting;
      waiting = [];
      const pauseMs = await oneTurn();
      for (const resolve of served) resolve();
      // Work that was announced during the turn may have come too late for it.
      const isAwaited = retries !== seen.retries || (wakeUps !== seen.wakeUps && failures === 0);
      if (pauseMs === 0 || isAwaited) continue;
      pause = new AbortController();
      const signal = AbortSignal.any([stopping.signal, pause.signal]);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async function oneTurn(): Promise<number> {
    try {
      const pauseMs = await inBackground(() => turn(stopping.signal));
      if (failures >= FAILURES_BEFORE_WARNING) logger.info(`${name}: recovered`);
      failures = 0;
      return pauseMs;
    } catch (error) {
      if (stopping.signal.aborted) return 0;
      failures += 1;
      report(error);
      const limit = Math.min(maxBackoffMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 20));
      return limit * (0.5 + Math.random() / 2);
    }
  }

  /** Logs an outage once, and every other failure. */
  function report(error: unknown) {
    if (!isOutage(error)) logger.error({ err: error }, `${name}: failed`);
    else if (failures === FAILURES_BEFORE_WARNING) {
      logger.warn({ err: error }, `${name}: not available; retrying`);
    }
  }

  return {
    start() {
      running ??= run();
    },
    /** Announces work; resolves after the turn that does it. During a pause after failures it resolves immediately. */
    async wake(): Promise<void> {
      wakeUps += 1;
      if (failures > 0 || !running || stopping.signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      pause.abort();
      await promise;
    },
    /** Ends a pause after failures: their cause is gone. */
    retryNow() {
      retries += 1;
      pause.abort();
    },
    /** Aborts the signal of the current turn and waits for the turn. */
    async stop() {
      stopping.abort();
      await running;
      for (const resolve of waiting) resolve();
    },
  };
}
