import { storeShare } from '@federated-media/subgraph-kit/store-share';
import { createFairQueue } from './fair-queue.ts';

interface Waiting {
  readonly storeId: string;
  readonly start: () => void;
}

/** Runs at most `slots` at a time, of one store at most half as many. Stores take turns. */
export function createFairSlots(slots: number) {
  const ofOneStore = storeShare(slots);
  const waiting = createFairQueue<Waiting>(Infinity);
  const runningBy = new Map<string, number>();
  const runningOf = (storeId: string) => runningBy.get(storeId) ?? 0;
  let running = 0;

  function startNext() {
    while (running < slots) {
      const next = waiting.take(runningOf, () => ofOneStore);
      if (!next) return;
      running += 1;
      runningBy.set(next.storeId, runningOf(next.storeId) + 1);
      next.start();
    }
  }

  function end(storeId: string) {
    running -= 1;
    const left = runningOf(storeId) - 1;
    if (left > 0) runningBy.set(storeId, left);
    else runningBy.delete(storeId);
    startNext();
  }

  /** Resolves with a slot, or rejects with the reason of `signal`. */
  function take(storeId: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => {
      if (waiting.remove(job)) reject(signal.reason);
    };
    const job = {
      storeId,
      start() {
        signal.removeEventListener('abort', stop);
        resolve();
      },
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    waiting.add(job);
    startNext();
    return promise;
  }

  return {
    /** @throws the error of `work`, or the reason of `signal` while it waits */
    async run<Result>(
      { storeId, signal }: { storeId: string; signal: AbortSignal },
      work: () => Promise<Result>,
    ): Promise<Result> {
      await take(storeId, signal);
      try {
        return await work();
      } finally {
        end(storeId);
      }
    },
  };
}
