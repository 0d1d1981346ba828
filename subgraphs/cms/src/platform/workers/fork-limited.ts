import { type ChildProcess, type ForkOptions, type StdioOptions, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Limits the memory of the process (`ulimit -d`, which on Linux includes private mappings). If
 * memory still runs out, the kernel kills the workers first.
 */
export function forkLimited({
  module,
  maxMemoryBytes,
}: {
  module: URL;
  maxMemoryBytes: number;
}): ChildProcess {
  const path = fileURLToPath(module);
  // Without it, if there is one, each worker compiles TypeScript and needs 18 MB more.
  const env = { ...ENVIRONMENT, NODE_COMPILE_CACHE: getCompileCacheDir() };
  const forkOptions: ForkOptions = { env, execArgv: NODE_FLAGS, stdio: STDIO };
  if (process.platform === 'win32') return fork(path, forkOptions);

  const script = `
    { ulimit -d ${Math.ceil(maxMemoryBytes / 1024)}; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
    exec "$0" "$@"`;
  const execArgv = ['-c', script, process.execPath, ...NODE_FLAGS];
  return fork(path, { ...forkOptions, execPath: '/bin/sh', execArgv });
}

/** Jobs create little garbage. A larger young generation would only need more memory. */
const NODE_FLAGS = ['--max-semi-space-size=4'];
const ENVIRONMENT = {
  /** In KiB. By default the allocator of @napi-rs/canvas reserves a gigabyte, which counts towards the limit. */
  MIMALLOC_ARENA_RESERVE: String(64 * 1024),
  /**
   * Of glibc: one area of memory instead of one for each thread, which keeps what it has freed. A worker decodes with
   * one thread, so that threads do not wait for it: 24 renditions of 1600 × 1200 pixels leave 118 MB resident instead
   * of 171, for the same CPU time.
   */
  MALLOC_ARENA_MAX: '1',
};
const STDIO: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
