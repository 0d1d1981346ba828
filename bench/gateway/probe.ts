/** Preloaded into a gateway: tells its parent, when asked over IPC, what it cost since it was asked last. */

let since = process.cpuUsage();
let atLastTurn = process.threadCpuUsage();
let maxBlockedMs = 0;

/**
 * In time of the main thread's own: on a machine that is busy with other things it waits for long, and that
 * is nothing the gateway did.
 */
setInterval(() => {
  const { user, system } = process.threadCpuUsage(atLastTurn);
  atLastTurn = process.threadCpuUsage();
  maxBlockedMs = Math.max(maxBlockedMs, (user + system) / 1000);
}, 1).unref();

process.on('message', (message) => {
  if (message !== 'costs') return;
  const { user, system } = process.cpuUsage(since);
  process.send?.({ type: 'costs', cpuMs: (user + system) / 1000, maxBlockedMs });
  since = process.cpuUsage();
  maxBlockedMs = 0;
});
