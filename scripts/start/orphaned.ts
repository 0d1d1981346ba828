const POLL_MS = 500;

/**
 * Calls `stop` when the package manager that started this process has ended, for example after kill -9: then nothing
 * forwards Ctrl-C. A process that a shell started continues without it, which `nohup` and `&` rely on.
 */
export function onOrphaned(stop: () => void): void {
  if (!process.env['npm_lifecycle_event']) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, POLL_MS);
  timer.unref();
}
