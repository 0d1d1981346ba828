import { setInterval } from 'node:timers';

const EVERY_MS = 2;

/**
 * Loaded into a process that runs with `--expose-gc`: measures it from inside and answers its parent over IPC.
 * Unlike `monitorEventLoopDelay`, which forgets the interval in which it is reset, this sees what blocks at once.
 */
let last = performance.now();
let longestMs = 0;

function tick() {
  const now = performance.now();
  longestMs = Math.max(longestMs, now - last);
  last = now;
}
setInterval(tick, EVERY_MS).unref();

process.on('message', (message) => {
  tick();
  if (message === 'probe: reset') {
    longestMs = 0;
    process.send?.({ type: 'probe' });
  }
  if (message === 'probe: read') process.send?.({ type: 'probe', blockedMs: longestMs });
  if (message === 'probe: memory') {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.({ type: 'probe', bytes: heapUsed + external });
  }
});
