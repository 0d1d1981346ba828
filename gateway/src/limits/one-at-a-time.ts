import { setTimeout as sleep } from 'node:timers/promises';
import { refusedRequest } from '@federated-media/subgraph-kit/errors';
import type { GraphQLError } from 'graphql';

/** For every millisecond that one blocks the process, so many belong to all other requests. */
const REST = 9;
const MAX_REST_MS = 500;
const MAX_WAIT_MS = 5_000;

interface Turns {
  /** For error messages. */
  what: string;
  maxWaiting: number;
}

/**
 * Lets work that blocks the process begin one piece at a time: checking, validating and planning a new document,
 * or parsing a large body. Between two pieces all other requests are served, so that they take a tenth of the
 * process's time at most, however many come.
 */
export function createOneAtATime({ what, maxWaiting }: Turns) {
  let waiting = 0;
  let last = Promise.resolve();
  let holder: AbortSignal | undefined;
  return {
    /**
     * @param signal The request's. A request that has the turn continues at once
     * @throws GraphQLError OVERLOADED when too many wait or it takes too long, and when the client hangs up
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
      // All of it happens before the event loop turns.
      setImmediate(() => {
        holder = undefined;
        const restMs = Math.min(REST * (performance.now() - began), MAX_REST_MS);
        setTimeout(resolve, restMs);
      });
    },
  };
}

/** Undefined once `turn` has come. */
async function errorBeforeTurn(
  turn: Promise<void>,
  { what, signal }: { what: string; signal: AbortSignal },
): Promise<GraphQLError | undefined> {
  const come = new AbortController();
  const abort = AbortSignal.any([signal, come.signal]);
  const late = sleep(MAX_WAIT_MS, overloaded(what), { signal: abort, ref: false }).catch(() =>
    refusedRequest('The client closed the connection.'),
  );
  const refusal = await Promise.race([turn.then(() => undefined), late]);
  come.abort();
  return signal.aborted ? refusedRequest('The client closed the connection.') : refusal;
}

const overloaded = (what: string) =>
  refusedRequest(`Too many ${what} are waiting. Try again in a moment.`, {
    code: 'OVERLOADED',
    status: 503,
  });
