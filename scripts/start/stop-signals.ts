/** A terminal's Ctrl-C reaches us directly and, a moment later, again through the package manager. */
const echoMs = 500;

export interface StopSignals {
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly first: Promise<null>;
  /** Who asks a second time won't wait: `kill` is called and the process ends at once. */
  onSecond(kill: () => void): void;
}

/** Ctrl-C, SIGTERM or a closed terminal. */
export function listenForStopSignals(): StopSignals {
  const controller = new AbortController();
  const first = Promise.withResolvers<null>();
  let firstAt = 0;
  let kill = () => {};

  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort(new Error('Stopped before everything was ready.'));
      first.resolve(null);
    } else if (performance.now() - firstAt > echoMs) {
      kill();
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    first: first.promise,
    onSecond: (atOnce) => (kill = atOnce),
  };
}
