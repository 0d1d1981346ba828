import { publicError } from '@federated-media/subgraph-kit/errors';
import { reasonOf } from '@federated-media/subgraph-kit/request-life';

/** How much may be under way at a time, and how much more may wait for it. */
export interface TurnLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

/** First come, first served; who comes to a full waiting room is refused at once, and costs nothing more. */
export function createTurns(
  { atOnce, waiting }: TurnLimits,
  { name, onFull }: { name: string; onFull: () => void },
) {
  const queue = new Set<() => void>();
  let running = 0;
  let wasFull = false;

  function leave() {
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
     * Resolves to what is called when the turn is over, once.
     * @throws OVERLOADED when too many wait, and the reason of `signal` when it aborts before the turn
     */
    async take(signal: AbortSignal): Promise<() => void> {
      if (signal.aborted) throw reasonOf(signal);
      if (running < atOnce) {
        running += 1;
        return leave;
      }
      if (queue.size >= waiting) {
        if (!wasFull) onFull();
        wasFull = true;
        throw publicError('OVERLOADED', `"${name}" is overloaded. Try again in a moment.`);
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        queue.delete(resolve);
        reject(reasonOf(signal));
      };
      queue.add(resolve);
      signal.addEventListener('abort', giveUp, { once: true });
      await promise;
      signal.removeEventListener('abort', giveUp);
      return leave;
    },
  };
}
