import { publicError } from '@federated-media/subgraph-kit/errors';
import { abortReason } from '@federated-media/subgraph-kit/request-life';

/** How many calls may run at a time, and how many more may wait. */
export interface ConcurrencyLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

/** First come, first served. When the queue is full, a call is rejected at once. */
export function createConcurrencyLimit(
  { atOnce, waiting }: ConcurrencyLimits,
  { name, onFull }: { name: string; onFull: () => void },
) {
  const queue = new Set<() => void>();
  let running = 0;
  let wasFull = false;

  function release() {
    const [next] = queue;
    if (!next) {
      running -= 1;
      wasFull = false;
      return;
    }
    queue.delete(next);
    next();
  }

  return {
    /**
     * Waits for a place. Resolves to a function that releases it; call it once.
     * @throws OVERLOADED when too many wait, and the reason of `signal` when it aborts during the wait
     */
    async acquire(signal: AbortSignal): Promise<() => void> {
      if (signal.aborted) throw abortReason(signal);
      if (running < atOnce) {
        running += 1;
        return release;
      }
      if (queue.size >= waiting) {
        if (!wasFull) onFull();
        wasFull = true;
        throw publicError('OVERLOADED', `"${name}" is overloaded. Try again in a moment.`);
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const abort = () => {
        queue.delete(resolve);
        reject(abortReason(signal));
      };
      queue.add(resolve);
      signal.addEventListener('abort', abort, { once: true });
      await promise;
      signal.removeEventListener('abort', abort);
      return release;
    },
  };
}
