import { rememberProcess } from './leftovers.ts';
import { startModule, type ModuleProcess, type Output } from './module-process.ts';
import type { Environment, PlannedModule } from './plan.ts';

/** A module of a running stack, across restarts of its process. */
export interface SupervisedModule {
  readonly name: string;
  /** The values below are those of the current process. */
  readonly pid: number;
  readonly ready: Promise<string>;
  lines(): string[];
  /** Resolves when the new process is ready. */
  restart(): Promise<void>;
  /** Announces that `stop` follows. */
  withdraw(): void;
  stop(): Promise<void>;
  kill(): void;
}

interface Options {
  readonly dataDir: string;
  readonly output: Output;
  readonly stopWithinMs: number;
  /** Called at every start. */
  readonly env: () => Environment;
  /** The module was ready and ended unexpectedly. */
  readonly onEnd: (name: string, how: string) => void;
}

export function superviseModule(
  module: PlannedModule,
  { dataDir, output, stopWithinMs, env, onEnd }: Options,
): SupervisedModule {
  let isWanted = true;
  let isStopped = false;
  let current = start();

  function start() {
    const started = startModule(module, { env: env(), output, stopWithinMs });
    // Without this record, a start after kill -9 finds the port in use. That is acceptable.
    if (started.pid > 0) rememberProcess(dataDir, started.pid).catch(() => {});
    void reportEnd(started);
    return started;
  }

  /** A process that was never ready reports it through `ready`. */
  async function reportEnd(process: ModuleProcess) {
    const wasReady = await process.ready.then(
      () => true,
      () => false,
    );
    const how = await process.ended;
    if (wasReady && isWanted) onEnd(module.name, how);
  }

  async function endCurrent() {
    isWanted = false;
    await current.stop();
  }

  return {
    name: module.name,
    get pid() {
      return current.pid;
    },
    get ready() {
      return current.ready;
    },
    lines: () => current.lines(),
    withdraw: () => current.withdraw(),
    stop() {
      isStopped = true;
      return endCurrent();
    },
    async restart() {
      await endCurrent();
      if (isStopped) return;
      isWanted = true;
      current = start();
      await current.ready;
    },
    kill() {
      isStopped = true;
      isWanted = false;
      current.kill();
    },
  };
}
