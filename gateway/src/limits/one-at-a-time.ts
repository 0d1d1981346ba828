import { refusedRequest } from '@federated-media/subgraph-kit/errors';

/** For every millisecond that one blocks the process, so many belong to all other requests. */
const REST = 9;
const MAX_REST_MS = 500;

/**
 * Takes in work that blocks the process one piece at a time: checking, validating and planning a new document,
 * or parsing a large body. Between two pieces all other requests are served. However many pieces come, they
 * take a tenth of the process's time at most.
 */
export function createOneAtATime({ what, maxWaiting }: { what: string; maxWaiting: number }) {
  let waiting = 0;
  let last = Promise.resolve();
  let holder: AbortSignal | undefined;
  return {
    /**
     * @param signal The request's: whoever has the turn already goes on with it
     * @throws GraphQLError OVERLOADED when too many wait, and when the client hung up meanwhile
     */
    async take(this: void, signal: AbortSignal): Promise<void> {
      if (signal === holder) return;
      if (waiting >= maxWaiting) throw overloaded(what);
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      waiting += 1;
      await before;
      waiting -= 1;
      if (signal.aborted) {
        resolve();
        throw refusedRequest('The client hung up.');
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

const overloaded = (what: string) =>
  refusedRequest(`Too many ${what} are waiting; try again in a moment.`, {
    code: 'OVERLOADED',
    status: 503,
  });
