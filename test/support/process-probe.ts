import { setInterval } from 'node:timers';

const EVERY_MS = 2;

/**
 * Preloaded into a process with `--expose-gc`: measures event loop and memory from inside, read over IPC.
 * `monitorEventLoopDelay` does not record the interval in which it is reset, so it misses the next block.
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
