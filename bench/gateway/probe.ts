/** Preloaded into a gateway. On request over IPC, it reports the costs since the previous request. */

let since = process.cpuUsage();
let atLastTurn = process.threadCpuUsage();
let maxBlockedMs = 0;

/** Uses the CPU time of the main thread: waiting for other programs on a busy machine does not count. */
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
