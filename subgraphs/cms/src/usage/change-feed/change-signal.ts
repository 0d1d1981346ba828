/** Wakes whoever waits for changes. */
export function createChangeSignal() {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    /** How often it rang. Ask before you look for changes: what comes while you look is not missed then. */
    count: () => count,

    notify() {
      count += 1;
      for (const wake of waiting) wake();
    },

    /** Resolves at the first ring after `heard`, in any case after `ms` or when `signal` aborts. */
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
