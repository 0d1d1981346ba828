import { setTimeout as sleep } from 'node:timers/promises';
import { connectionClosed, refusedRequest } from '@federated-media/subgraph-kit/errors';
import type { GraphQLError } from 'graphql';

/** The pause after each task, as a multiple of the time for which it blocked the process. */
const REST = 9;
const MAX_REST_MS = 500;
const MAX_WAIT_MS = 5_000;

interface QueueOptions {
  /** For error messages. */
  what: string;
  maxWaiting: number;
}

/**
 * Runs tasks that block the process one at a time: checking, validating and planning a new document, or parsing a
 * large body. Other requests are served between two tasks, so that these tasks use at most a tenth of the time of the
 * process.
 */
export function createOneAtATime({ what, maxWaiting }: QueueOptions) {
  let waiting = 0;
  let last = Promise.resolve();
  let holder: AbortSignal | undefined;
  return {
    /**
     * @param signal The signal of the request. A request that has its turn continues at once
     * @throws GraphQLError OVERLOADED when too many wait or the wait takes too long, and when the client disconnects
     */
    async waitForTurn(this: void, signal: AbortSignal): Promise<void> {
      if (signal === holder) return;
      if (waiting >= maxWaiting) throw overloaded(what);
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      waiting += 1;
      const refusal = await errorBeforeTurn(before, { what, signal });
      waiting -= 1;
      if (refusal) {
        void before.then(resolve);
        throw refusal;
      }
      holder = signal;
      const began = performance.now();
      // The task runs synchronously, before the next turn of the event loop.
      setImmediate(() => {
        holder = undefined;
        const restMs = Math.min(REST * (performance.now() - began), MAX_REST_MS);
        setTimeout(resolve, restMs);
      });
    },
  };
}

/** Resolves to undefined when `turn` resolves, or to the reason why the wait ended before. */
async function errorBeforeTurn(
  turn: Promise<void>,
  { what, signal }: { what: string; signal: AbortSignal },
): Promise<GraphQLError | undefined> {
  const arrived = new AbortController();
  const abort = AbortSignal.any([signal, arrived.signal]);
  const late = sleep(MAX_WAIT_MS, overloaded(what), { signal: abort, ref: false }).catch(() =>
    connectionClosed(),
  );
  const refusal = await Promise.race([turn.then(() => undefined), late]);
  arrived.abort();
  return signal.aborted ? connectionClosed() : refusal;
}

const overloaded = (what: string) =>
  refusedRequest(`Too many ${what} are waiting. Try again in a moment.`, {
    code: 'OVERLOADED',
    status: 503,
  });
