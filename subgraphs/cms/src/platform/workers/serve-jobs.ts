/**
 * What a worker process does: one job after the other, as worker-pool.ts sends them. `work` may crash,
 * hang or be killed; what it throws is told as the worker's own failure. With `within` it gives itself less
 * time for what is left to do.
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

  // A signal to the whole group is the parent's business: it may be finishing work that needs this.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  process.on('SIGTERM', () => {});

  // The parent is gone, perhaps by kill -9. Exiting in order would wait for the decoder.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

  send({ ready: true });
}
