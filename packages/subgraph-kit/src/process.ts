import cluster from 'node:cluster';
import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import type { Module } from './module.ts';
import { sockets } from './network/network.ts';
import { SettingsError } from './settings.ts';
import { type Serving, longestShutdownMs, shutDown, shutdownTimes } from './shutdown.ts';
import { onStopSignals } from './stop-signals.ts';
import { startWorkers } from './workers/start-workers.ts';
import { WorkerFailedError } from './workers/supervised-worker.ts';
import { runWorker } from './workers/worker.ts';

/**
 * Runs one module as a process (`serveProcess`), with the settings of the process, or as several processes that share
 * its port. Each of these runs the same program.
 */
export async function runProcess(module: Module): Promise<void> {
  const { env } = process;
  const { name } = module;
  const logger = createLogger({ name, level: env['LOG_LEVEL'] || 'info' });
  if (cluster.isWorker) {
    return runWorker(module, { env, onFailure: (error) => fail(name, error, logger) });
  }
  return serveProcess({
    name,
    logger,
    async start() {
      const { workers } = module;
      if (workers) module.checkSettings(env);
      const count = workers?.count(env) ?? 1;
      if (!workers || count === 1) return module.start({ env, network: sockets, logger });
      return startWorkers({ count, answer: workers.answerer(env), logger });
    },
  });
}

/**
 * Runs a process from its start to its end: sends `{ type: 'ready', url }` to its parent over IPC, and stops on
 * SIGTERM, SIGINT, SIGHUP or when the parent has ended. A second SIGTERM or SIGINT ends it at once.
 *
 * A parent stops its processes one after the other. It sends `{ type: 'withdraw' }` to all of them first, so that their
 * SHUTDOWN_DELAY_MS pass at the same time.
 */
export async function serveProcess({
  name,
  logger,
  start,
}: {
  name: string;
  logger: Logger;
  start: () => Promise<Serving & { readonly url: string }>;
}): Promise<void> {
  let running: Awaited<ReturnType<typeof start>> | undefined;
  let withdrawnAt: number | undefined;
  let stopping = false;

  const stop = async (reason: string, { isDelayed = true } = {}) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    if (!running) process.exit(0);
    try {
      const { delayMs, graceMs } = shutdownTimes(process.env);
      const times = { delayMs: isDelayed ? delayMs : 0, graceMs };
      setTimeout(() => process.exit(1), longestShutdownMs(times)).unref();
      await shutDown(running, times, withdrawnAt && performance.now() - withdrawnAt);
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'could not stop cleanly');
      process.exit(1);
    }
  };
  process.on('message', (message) => {
    if (!isWithdrawal(message)) return;
    withdrawnAt ??= performance.now();
    running?.withdraw();
  });
  if (process.send) stopWithParent();
  else onStopSignals({ onFirst: (signal) => void stop(signal), onSecond: () => process.exit(1) });

  function stopWithParent() {
    let signals = 0;
    process.on('SIGTERM', () => {
      signals += 1;
      // When all processes receive the signal, the parent sends another one to each.
      if (signals > 1 && withdrawnAt === undefined) process.exit(1);
      void stop('SIGTERM');
    });
    // Ctrl-C and a closed terminal signal the whole process group; the parent stops this process in its own order.
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
    // The next start may be waiting for the port.
    process.once('disconnect', () => void stop('parent process ended', { isDelayed: false }));
  }

  try {
    running = await start();
  } catch (error) {
    fail(name, error, logger);
    return;
  }
  logger.info({ url: running.url }, 'ready');
  process.send?.({ type: 'ready', url: running.url });
}

const isWithdrawal = (message: unknown) =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === 'withdraw';

/** What is wrong with the arguments of a command. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** Runs a task of a module in a separate process. `work` returns the exit code; an error exits with 1. */
export async function runChore(
  name: string,
  work: (environment: { env: NodeJS.ProcessEnv; logger: Logger }) => Promise<number>,
): Promise<void> {
  const logger = createLogger({ name, level: process.env['LOG_LEVEL'] || 'warn' });
  try {
    process.exitCode = await work({ env: process.env, logger });
  } catch (error) {
    process.exitCode = 1;
    reportFailure(name, error, logger);
  }
}

function fail(name: string, error: unknown, logger: Logger) {
  reportFailure(name, error, logger);
  process.exit(1);
}

function reportFailure(name: string, error: unknown, logger: Logger) {
  if (error instanceof WorkerFailedError && error.isReported) return;
  if (error instanceof SettingsError || isArgumentError(error))
    process.stderr.write(`${name}: ${error.message}\n`);
  else logger.fatal({ err: error }, 'could not start');
}

/** Also those of `parseArgs`. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof ArgumentError ||
  (error instanceof TypeError &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS_'));
