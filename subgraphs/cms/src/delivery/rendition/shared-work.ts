interface Shared<Result> {
  readonly promise: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Work that several want is done once, however many ask while it is under way. Each may leave on its own;
 * the work is aborted once nobody waits for it any more.
 */
export function createSharedWork<Result>() {
  const running = new Map<string, Shared<Result>>();

  function join(key: string, start: (signal: AbortSignal) => Promise<Result>): Shared<Result> {
    const known = running.get(key);
    if (known && !known.controller.signal.aborted) return known;
    const controller = new AbortController();
    const startAgain = () => start(controller.signal);
    // What was given up may be seen through all the same, and must not be done twice at once.
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
    /** @throws whatever the work throws, or the reason of `signal` */
    async do(
      key: string,
      { start, signal }: { start: (signal: AbortSignal) => Promise<Result>; signal: AbortSignal },
    ): Promise<Result> {
      signal.throwIfAborted();
      const shared = join(key, start);
      const left = Promise.withResolvers<never>();
      const leave = () => left.reject(signal.reason);
      signal.addEventListener('abort', leave);
      shared.waiting += 1;
      try {
        return await Promise.race([shared.promise, left.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
        shared.waiting -= 1;
        const isRunning = running.get(key) === shared;
        if (shared.waiting === 0 && isRunning) shared.controller.abort();
      }
    },
  };
}
