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

/** Makes the queue in the database, in a schema of its own, or brings it up to date. */
export const prepareQueue = ({ pool, logger }: { pool: Pool; logger: Logger }): Promise<void> =>
  runMigrations({ pgPool: pool, logger: toWorkerLogger(logger) });

/**
 * Works off the queue that is in the database, beside any number of processes that do the same. Listens on
 * a connection of `pool` all the time. What a process that was killed was at is begun again by another.
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
  let isOver = false;
  return {
    async start() {
      runner = await run({
        pgPool: pool,
        taskList: tasks,
        crontab,
        concurrency: CONCURRENCY,
        // The process owns its signals.
        noHandleSignals: true,
        logger: toWorkerLogger(logger),
      });
      // Its end is met in `stop`; until then one that fails must be told and must not end the process.
      runner.promise
        .catch((error: unknown) => logger.error({ err: error }, 'background jobs have stopped'))
        .finally(() => {
          isOver = true;
        });
    },
    /** Waits for what is under way; what takes longer than five seconds is told to end. */
    async stop() {
      if (!isOver) await runner?.stop();
    },
  };
}

/** Its everyday news is of no news to ours. */
const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;

const toWorkerLogger = (logger: Logger) =>
  new WorkerLogger((scope) => (level, message, meta) => {
    logger[LEVELS[level]]({ job: scope, ...meta }, message);
  });
