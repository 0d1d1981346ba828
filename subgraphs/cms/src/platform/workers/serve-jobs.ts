import { flushCompileCache } from 'node:module';

/**
 * The loop of a worker process: runs one job after the other, as worker-pool.ts sends them. `work`
 * may crash, hang or be killed. Its errors are reported as `{ error }`. It can call `within` to
 * shorten its remaining time.
 */
export function serveJobs(
  work: (job: unknown, within: (ms: number) => void) => Promise<object>,
): void {
  const send = (message: object) => process.send?.(message);

  process.on('message', (job) => {
    work(job, (withinMs) => send({ withinMs })).then(
      (result) => send({ result }),
      (error: unknown) => send({ error: String(error) }),
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
