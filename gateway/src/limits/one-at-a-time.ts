import { refusedRequest } from '@federated-media/subgraph-kit/errors';

const MAX_WAITING = 200;
/** For every millisecond that new documents hold the process up, so many are everybody else's. */
const REST = 9;
const MAX_REST_MS = 500;

/**
 * Checking, validating and planning a new document holds up the process for as long as it takes. Whoever
 * has one waits for a turn, and between two turns everybody else is served: known documents, answers,
 * health. However many come, new documents take a tenth of the process's time at most.
 */
export function createOneAtATime(maxWaiting = MAX_WAITING) {
  let waiting = 0;
  let last = Promise.resolve();
  return {
    /** @throws GraphQLError OVERLOADED when too many wait, and when the client hung up meanwhile */
    async take(signal: AbortSignal): Promise<void> {
      if (waiting >= maxWaiting) throw overloaded();
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
      const began = performance.now();
      // All of it happens before the event loop turns.
      setImmediate(() => {
        const restMs = Math.min(REST * (performance.now() - began), MAX_REST_MS);
        setTimeout(resolve, restMs);
      });
    },
  };
}

const overloaded = () =>
  refusedRequest('Too many new operations wait to be planned just now; try again in a moment.', {
    code: 'OVERLOADED',
    status: 503,
  });
