import { refusedRequest } from '@federated-media/subgraph-kit/errors';

const MAX_REST_MS = 500;

interface Turns {
  /** For error messages. */
  what: string;
  maxWaiting: number;
  /** The share of the process's time that they may take, more than 0 and at most 1. */
  share: number;
}

/**
 * Lets work that blocks the process begin one piece at a time: checking, validating and planning a new document,
 * or parsing a large body. Between two pieces all other requests are served, so that they take no more than
 * their share of the time, however many come.
 */
export function createOneAtATime({ what, maxWaiting, share }: Turns) {
  const restPerMs = 1 / share - 1;
  let waiting = 0;
  let last = Promise.resolve();
  return {
    /** @throws GraphQLError OVERLOADED when too many wait, and when the client hung up meanwhile */
    async take(this: void, signal: AbortSignal): Promise<void> {
      if (waiting >= maxWaiting) throw overloaded(what);
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      waiting += 1;
      await before;
      waiting -= 1;
      if (signal.aborted) {
        resolve();
        throw refusedRequest('The client closed the connection.');
      }
      const began = performance.now();
      // All of it happens before the event loop turns.
      setImmediate(() => {
        const restMs = Math.min(restPerMs * (performance.now() - began), MAX_REST_MS);
        setTimeout(resolve, restMs);
      });
    },
  };
}

const overloaded = (what: string) =>
  refusedRequest(`Too many ${what} are waiting. Try again in a moment.`, {
    code: 'OVERLOADED',
    status: 503,
  });
