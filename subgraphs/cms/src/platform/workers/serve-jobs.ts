import { flushCompileCache } from 'node:module';
import { errorCode } from '@federated-media/subgraph-kit/error-code';

/** The time limit of the current job. */
export interface TimeLimit {
  /** Call it, once, when the code for the job is loaded: its time counts from then. */
  startNow(): void;
  shorten(limitMs: number): void;
}

/** `ENOSPC`, but not the codes of Node, such as `ERR_INVALID_ARG_VALUE`. */
const OF_THE_SYSTEM = /^E[A-Z0-9]+$/;

/**
 * The loop of a worker process: runs one job after the other, as worker-pool.ts sends them. `work`
 * may crash, hang or be killed. Its errors are reported as `{ error }`.
 */
export function serveJobs(work: (job: unknown, timeLimit: TimeLimit) => Promise<object>): void {
  // A parent that has ended gets no message; `disconnect` follows.
  const send = (message: object) => process.send?.(message, () => {});
  const timeLimit: TimeLimit = {
    startNow: () => send({ loaded: true }),
    shorten: (limitMs) => send({ withinMs: limitMs }),
  };

  process.on('message', (job) => {
    work(job, timeLimit).then(
      (result) => send({ result, residentBytes: process.memoryUsage.rss() }),
      (error: unknown) => {
        // Of WebAssembly, whose memory may be corrupt now: a crash of the decoder.
        if (error instanceof Error && error.name === 'RuntimeError') process.exit(1);
        const code = errorCode(error);
        const isOfSystem = code !== undefined && OF_THE_SYSTEM.test(code);
        send({ error: String(error), ...(isOfSystem && { code }) });
      },
    );
  });

  // The parent decides what a signal to the process group means: it may still need this worker.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  process.on('SIGTERM', () => {});

  // The parent has ended, perhaps by kill -9. A normal exit would wait for the decoder.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

  send({ ready: true });
  // Node does it at the end of a process, but workers are killed.
  flushCompileCache();
}
