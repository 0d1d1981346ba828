import { setImmediate } from 'node:timers/promises';
import { refusedRequest } from '@federated-media/subgraph-kit/errors';

const MAX_WAITING = 200;

/**
 * Checking, validating and planning a new document holds up the process for as long as it takes. Whoever
 * has one waits for a turn, and between two turns everybody else is served: known documents, answers, health.
 */
export function createOneAtATime(maxWaiting = MAX_WAITING) {
  let waiting = 0;
  let last = Promise.resolve();
  return {
    /** @throws GraphQLError OVERLOADED when too many wait, and when the client hung up meanwhile */
    async take(signal: AbortSignal): Promise<void> {
      if (waiting >= maxWaiting) throw overloaded();
      waiting += 1;
      const turn = last.then(() => (signal.aborted ? undefined : setImmediate()));
      last = turn;
      await turn;
      waiting -= 1;
      if (signal.aborted) throw refusedRequest('The client hung up.');
    },
  };
}

const overloaded = () =>
  refusedRequest('Too many new operations wait to be planned just now; try again in a moment.', {
    code: 'OVERLOADED',
    status: 503,
  });
