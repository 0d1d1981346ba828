/** Wakes requests that wait for changes. */
export function createChangeSignal() {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    /** The number of notifications so far. Read it before you read changes, so that none is missed in between. */
    count: () => count,

    notify() {
      count += 1;
      for (const wake of waiting) wake();
    },

    /** Resolves at the first notification after the count `seen`, after `ms`, or when `signal` aborts. */
    async nextAfter(seen: number, { ms, signal }: { ms: number; signal: AbortSignal }) {
      if (count !== seen || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    },
  };
}
export type ChangeSignal = ReturnType<typeof createChangeSignal>;
