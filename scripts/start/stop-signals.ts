import { onStopSignals } from '@federated-media/subgraph-kit/stop-signals';
import { onOrphaned } from './orphaned.ts';

export interface StopSignals {
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly first: Promise<null>;
  /** A second signal calls `kill` and ends the process at once. */
  onSecond(kill: () => void): void;
}

/** Listens for Ctrl-C, SIGTERM, a closed terminal, and the end of the package manager that started this process. */
export function listenForStopSignals(): StopSignals {
  const controller = new AbortController();
  const first = Promise.withResolvers<null>();
  let kill = () => {};

  const stop = () => {
    controller.abort(new Error('Stopped before everything was ready.'));
    first.resolve(null);
  };
  onStopSignals({
    onFirst: stop,
    onSecond() {
      kill();
      process.exit(130);
    },
  });
  onOrphaned(stop);
  return {
    signal: controller.signal,
    first: first.promise,
    onSecond: (atOnce) => (kill = atOnce),
  };
}
