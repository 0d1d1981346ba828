import type { Logger } from '@federated-media/subgraph-kit/logger';
import {
  Logger as WorkerLogger,
  type Runner,
  type RunnerOptions,
  type TaskList,
  run,
  runMigrations,
} from 'graphile-worker';

const CONCURRENCY = 2;

type Pool = NonNullable<RunnerOptions['pgPool']>;

/** Creates or updates the queue in its own schema of the database. */
export const prepareQueue = ({ pool, logger }: { pool: Pool; logger: Logger }): Promise<void> =>
  runMigrations({ pgPool: pool, logger: toWorkerLogger(logger) });

/**
 * Runs the jobs of the queue in the database, together with any number of other processes. Keeps
 * one connection of `pool` for notifications. Jobs of a killed process are started again by another
 * one.
 */
export function createJobRunner({
  pool,
  tasks,
  crontab,
  logger,
}: {
  pool: Pool;
  tasks: TaskList;
  crontab: string;
  logger: Logger;
}) {
  let runner: Runner | undefined;
  let hasEnded = false;
  return {
    async start() {
      runner = await run({
        pgPool: pool,
        taskList: tasks,
        crontab,
        concurrency: CONCURRENCY,
        // The process handles its own signals.
        noHandleSignals: true,
        logger: toWorkerLogger(logger),
      });
      // `stop` handles its end. Until then a failure is logged and must not end the process.
      runner.promise
        .catch((error: unknown) => logger.error({ err: error }, 'background jobs have stopped'))
        .finally(() => {
          hasEnded = true;
        });
    },
    /** Waits for running jobs. Aborts those that take longer than five seconds. */
    async stop() {
      if (!hasEnded) await runner?.stop();
    },
  };
}

/** graphile-worker's info logs are routine messages: demote them to debug. */
const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;

const toWorkerLogger = (logger: Logger) =>
  new WorkerLogger((scope) => (level, message, meta) => {
    logger[LEVELS[level]]({ job: scope, ...meta }, message);
  });
