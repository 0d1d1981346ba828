import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import type { Module } from './module.ts';
import { sockets } from './network/network.ts';
import { SettingsError } from './settings.ts';

const SHUTDOWN_MAX_MS = 8_000;

/** Runs one module as a process (`serveProcess`), with the settings of the process. */
export function runProcess({ name, start }: Module): Promise<void> {
  const logger = createLogger({ name, level: process.env['LOG_LEVEL'] || 'info' });
  return serveProcess({
    name,
    logger,
    start: () => start({ env: process.env, network: sockets, logger }),
  });
}

/**
 * Runs a process from its start to its end: sends `{ type: 'ready', url }` to its parent over IPC, and stops once on
 * SIGTERM, SIGINT or when the parent has ended.
 */
export async function serveProcess({
  name,
  logger,
  start,
  stopWithinMs = SHUTDOWN_MAX_MS,
}: {
  name: string;
  logger: Logger;
  start: () => Promise<{ url: string; close(): Promise<void> }>;
  stopWithinMs?: number;
}): Promise<void> {
  let running: Awaited<ReturnType<typeof start>> | undefined;
  let stopping = false;

  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    try {
      await running?.close();
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'could not stop cleanly');
      process.exit(1);
    }
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  // Ctrl-C and a closed terminal signal the whole process group; a parent that started this process stops it in its
  // own order.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void (process.send ? undefined : stop(signal)));
  }
  process.once('disconnect', () => void stop('parent process ended'));

  try {
    running = await start();
  } catch (error) {
    fail(name, error, logger);
    return;
  }
  logger.info({ url: running.url }, 'ready');
  process.send?.({ type: 'ready', url: running.url });
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
  if (error instanceof SettingsError) process.stderr.write(`${name}: ${error.message}\n`);
  else logger.fatal({ err: error }, 'could not start');
}
