/** Ctrl-C in a terminal reaches a process directly and, a moment later, again through the package manager. */
const ECHO_MS = 500;

/**
 * Calls `onFirst` for the first SIGTERM, SIGINT or SIGHUP (a closed terminal). After it, `onSecond` is called for each
 * SIGTERM and SIGINT that is not the first one sent twice.
 */
export function onStopSignals({
  onFirst,
  onSecond,
}: {
  onFirst: (signal: NodeJS.Signals) => void;
  onSecond: () => void;
}): void {
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      onFirst(signal);
    } else if (signal !== 'SIGHUP' && performance.now() - firstAt > ECHO_MS) {
      onSecond();
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
}
