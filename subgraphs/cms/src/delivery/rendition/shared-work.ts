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
  const underWay = new Map<string, Shared<Result>>();

  function join(key: string, start: (signal: AbortSignal) => Promise<Result>): Shared<Result> {
    const known = underWay.get(key);
    if (known && !known.controller.signal.aborted) return known;
    const controller = new AbortController();
    const anew = () => start(controller.signal);
    // What was given up may be seen through all the same, and must not be done twice at once.
    const promise = known ? known.promise.catch(anew) : anew();
    const shared = { promise, controller, waiting: 0 };
    underWay.set(key, shared);
    const forget = () => {
      if (underWay.get(key) === shared) underWay.delete(key);
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
        const isUnderWay = underWay.get(key) === shared;
        if (shared.waiting === 0 && isUnderWay) shared.controller.abort();
      }
    },
  };
}
