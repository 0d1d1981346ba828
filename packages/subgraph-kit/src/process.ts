import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import { SettingsError } from './settings.ts';

const SHUTDOWN_MAX_MS = 8_000;

export interface Running {
  url: string;
  close(): Promise<void>;
}

/**
 * Runs a module as a process: tells its parent when it is ready (`{ type: 'ready', url }` over IPC) and
 * stops once on SIGTERM, SIGINT or when the parent is gone, however it went.
 */
export async function runProcess(
  name: string,
  start: (environment: { env: NodeJS.ProcessEnv; logger: Logger }) => Promise<Running>,
): Promise<void> {
  const logger = createLogger({ name, level: process.env['LOG_LEVEL'] || 'info' });
  let running: Running | undefined;
  let stopping = false;

  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), SHUTDOWN_MAX_MS).unref();
    try {
      await running?.close();
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'could not stop cleanly');
      process.exit(1);
    }
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  // Ctrl-C and a closed terminal reach a whole group of processes; a parent that started us stops us in
  // its own order.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void (process.send ? undefined : stop(signal)));
  }
  process.once('disconnect', () => void stop('parent gone'));

  try {
    running = await start({ env: process.env, logger });
  } catch (error) {
    fail(name, error, logger);
    return;
  }
  logger.info({ url: running.url }, 'ready');
  process.send?.({ type: 'ready', url: running.url });
}

/** Runs a chore of a module as a process of its own; `work` answers with the exit code, and 1 is that of a failure. */
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
