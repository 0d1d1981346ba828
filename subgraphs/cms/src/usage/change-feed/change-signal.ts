/** Wakes whoever waits for changes. */
export function createBell() {
  let rings = 0;
  const waiting = new Set<() => void>();
  return {
    /** How often it rang. Ask before you look for changes: what comes while you look is not missed then. */
    rings: () => rings,

    ring() {
      rings += 1;
      for (const wake of waiting) wake();
    },

    /** Resolves at the first ring after `heard`, in any case after `ms` or when `signal` aborts. */
    async ringAfter(heard: number, { ms, signal }: { ms: number; signal: AbortSignal }) {
      if (rings !== heard || signal.aborted) return;
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
export type Bell = ReturnType<typeof createBell>;
