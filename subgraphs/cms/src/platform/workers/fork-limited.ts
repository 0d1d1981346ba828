import { type ChildProcess, type ForkOptions, type StdioOptions, fork } from 'node:child_process';
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
  const forkOptions: ForkOptions = { env: ENVIRONMENT, execArgv: NODE_FLAGS, stdio: STDIO };
  if (process.platform === 'win32') return fork(path, forkOptions);

  const script = `
    { ulimit -d ${Math.ceil(maxMemoryBytes / 1024)}; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
    exec "$0" "$@"`;
  const execArgv = ['-c', script, process.execPath, ...NODE_FLAGS];
  return fork(path, { ...forkOptions, execPath: '/bin/sh', execArgv });
}

/** Jobs create little garbage. A larger young generation would only need more memory. */
const NODE_FLAGS = ['--max-semi-space-size=4'];
/**
 * In KiB. By default the allocator of @napi-rs/canvas reserves a gigabyte, which counts towards the
 * limit.
 */
const ENVIRONMENT = { MIMALLOC_ARENA_RESERVE: String(64 * 1024) };
const STDIO: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
