import { unlessAborted } from './unless-aborted.ts';

interface Shared<Result> {
  readonly promise: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Runs work once for all callers that request it while it runs. Each caller can stop waiting. The
 * work is aborted when no caller waits for it.
 */
export function createSharedWork<Result>() {
  const running = new Map<string, Shared<Result>>();

  function join(key: string, start: (signal: AbortSignal) => Promise<Result>): Shared<Result> {
    const known = running.get(key);
    if (known && !known.controller.signal.aborted) return known;
    const controller = new AbortController();
    const startAgain = () => start(controller.signal);
    // Aborted work may still be running, and must not run twice at the same time.
    const promise = known ? known.promise.catch(startAgain) : startAgain();
    const shared = { promise, controller, waiting: 0 };
    running.set(key, shared);
    const forget = () => {
      if (running.get(key) === shared) running.delete(key);
    };
    promise.then(forget, forget);
    return shared;
  }

  return {
    /** @throws the error of the work, or the reason of `signal` */
    async do(
      key: string,
      { start, signal }: { start: (signal: AbortSignal) => Promise<Result>; signal: AbortSignal },
    ): Promise<Result> {
      signal.throwIfAborted();
      const shared = join(key, start);
      shared.waiting += 1;
      try {
        return await unlessAborted(shared.promise, signal);
      } finally {
        shared.waiting -= 1;
        const isRunning = running.get(key) === shared;
        if (shared.waiting === 0 && isRunning) shared.controller.abort();
      }
    },
  };
}
