import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { inBackground } from '@federated-media/subgraph-kit/telemetry/activity';
import { MediaUnavailableError } from './media-unavailable.ts';

const FIRST_BACKOFF_MS = 100;
/** A second or so: processes that start together don't complain of each other. */
const FAILURES_WORTH_A_WORD = 4;

export interface LoopOptions {
  readonly name: string;
  /** One piece of work. Answers with how long to pause before the next; 0: there is more. */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /** The longest pause after failures, which double it. */
  readonly maxBackoffMs: number;
  readonly logger: Logger;
}

/** Background work: one turn after the other, until it is stopped. A turn that fails is tried again, later and later. */
export function createLoop({ name, turn, maxBackoffMs, logger }: LoopOptions) {
  const stopping = new AbortController();
  let pause = new AbortController();
  let failures = 0;
  let wishes = 0;
  let hurries = 0;
  let waiting: (() => void)[] = [];
  let running: Promise<void> | undefined;

  async function run() {
    while (!stopping.signal.aborted) {
      const seen = { wishes, hurries };
      const served = waiting;
      waiting = [];
      const pauseMs = await oneTurn();
      for (const resolve of served) resolve();
      // What came during the turn may have come too late for it.
      const isAwaited = hurries !== seen.hurries || (wishes !== seen.wishes && failures === 0);
      if (pauseMs === 0 || isAwaited) continue;
      pause = new AbortController();
      const signal = AbortSignal.any([stopping.signal, pause.signal]);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async function oneTurn(): Promise<number> {
    try {
      const pauseMs = await inBackground(() => turn(stopping.signal));
      if (failures >= FAILURES_WORTH_A_WORD) logger.info(`${name}: recovered`);
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

  /** A CMS that stays away is said once; anything else every time. */
  function report(error: unknown) {
    if (!(error instanceof MediaUnavailableError)) logger.error({ err: error }, `${name}: failed`);
    else if (failures === FAILURES_WORTH_A_WORD) {
      logger.warn({ err: error }, `${name}: the CMS is not available`);
    }
  }

  return {
    start() {
      running ??= run();
    },
    /** There is something to do; resolves after the turn that sees it. Pauses after failures go on, and are not waited for. */
    async wake(): Promise<void> {
      wishes += 1;
      if (failures > 0 || !running || stopping.signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      pause.abort();
      await promise;
    },
    /** What made it fail is over. */
    hurry() {
      hurries += 1;
      pause.abort();
    },
    /** The turn under way is told by its signal, and waited for. */
    async stop() {
      stopping.abort();
      await running;
      for (const resolve of waiting) resolve();
    },
  };
}
