import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { SupervisedModule } from './supervised-module.ts';

/** The running modules of a stack. */
export interface Modules {
  /** The processes. */
  readonly all: readonly SupervisedModule[];
  /** Resolves with an error when a module ends unexpectedly. */
  readonly failed: Promise<Error>;
}

/** Rejects with the reason of `signal` when it aborts. */
export function rejectedOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new Error(messageOf(signal?.reason)));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
  });
}
