import { publicError } from '@federated-media/subgraph-kit/errors';
import { readNumber } from '../ledger/input.ts';

const MAX_WAIT_SECONDS = 25;
const MAX_WAITING = 100;

/** Requests that wait for changes. Their number is limited, and a shutdown ends them. */
export function createWaitingRequests({ maxWaiting = MAX_WAITING } = {}) {
  const stopping = new AbortController();
  let waiting = 0;
  return {
    /**
     * Runs `read` with a signal that aborts when it must return: after `wait` seconds, when `signal` aborts, or during
     * the shutdown. It is aborted from the start if `wait` is 0.
     * @throws BAD_USER_INPUT, and OVERLOADED when too many requests are waiting
     */
    async run<Result>(
      { wait, signal }: { wait: number; signal: AbortSignal },
      read: (until: AbortSignal) => Promise<Result>,
    ): Promise<Result> {
      const seconds = readNumber('wait', wait, { min: 0, max: MAX_WAIT_SECONDS });
      if (seconds === 0) return read(AbortSignal.abort());
      if (waiting >= maxWaiting) {
        throw publicError(
          'OVERLOADED',
          'Too many requests are waiting for changes. Retry with wait: 0.',
        );
      }
      waiting += 1;
      try {
        const late = AbortSignal.timeout(seconds * 1000);
        return await read(AbortSignal.any([signal, stopping.signal, late]));
      } finally {
        waiting -= 1;
      }
    },

    /** Ends all waiting, now and later. */
    stop() {
      stopping.abort();
    },
  };
}
