/** Settings of pools with test-worker.ts, for most tests. */
export const TEST_POOL = {
  module: new URL('test-worker.ts', import.meta.url),
  cpuLimitMs: 10_000,
  waitLimitMs: 60_000,
  maxQueued: 10,
  maxMemoryBytes: 4 * 2 ** 30,
};
