import { setTimeout as sleep } from 'node:timers/promises';
import { unavailableDatabase } from '@federated-media/subgraph-kit/database-error';
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
const RESTART_MS = 5_000;
/** Jobs are aborted after five seconds. Without a database, graphile-worker repeats its statements for minutes. */
const STOP_WITHOUT_DATABASE_MS = 6_000;
const CHECK_MS = 1_000;

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
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopped = () => signal.aborted;
  let runner: Runner | undefined;
  let supervised: Promise<void> | undefined;

  const startRunner = () =>
    run({
      pgPool: pool,
      taskList: tasks,
      crontab,
      concurrency: CONCURRENCY,
      // The process handles its own signals.
      noHandleSignals: true,
      logger: toWorkerLogger(logger),
    });

  /**
   * Keeps one running. A runner ends when it cannot record the result of a job, for example because the database is
   * not available.
   */
  async function supervise() {
    await runner?.promise.catch((error: unknown) => report(error));
    while (!isStopped()) {
      logger.error('background jobs have stopped; starting them again');
      try {
        await sleep(RESTART_MS, undefined, { signal });
        runner = await startRunner();
        if (isStopped()) await runner.stop();
        await runner.promise;
      } catch (error) {
        report(error);
      }
    }
  }
  function report(error: unknown) {
    if (!isStopped()) logger.error({ err: error }, 'background jobs failed');
  }

  const isAvailable = () => {
    const answered = pool.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answered, sleep(CHECK_MS, false)]);
  };

  return {
    /**
     * If the database is not available, the jobs start later: a process that starts during a failover serves as soon
     * as the others do.
     * @throws if no retry can succeed
     */
    async start() {
      try {
        runner = await startRunner();
      } catch (error) {
        if (!unavailableDatabase(error)) throw error;
        report(error);
      }
      supervised = supervise();
    },
    /**
     * Waits for running jobs. Aborts those that take longer than five seconds, and leaves them if the database, which
     * records their results, is not available.
     */
    async stop() {
      stopping.abort();
      const isOver = new AbortController();
      const stopped = async () => {
        await runner?.stop().catch(() => {}); // it has ended
        await supervised;
      };
      const withoutDatabase = async () => {
        do {
          await sleep(STOP_WITHOUT_DATABASE_MS, undefined, { signal: isOver.signal });
        } while (await isAvailable());
      };
      await Promise.race([stopped(), withoutDatabase()]).finally(() => isOver.abort());
    },
  };
}

/** graphile-worker's info logs are routine messages: demote them to debug. */
const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;

const toWorkerLogger = (logger: Logger) =>
  new WorkerLogger((scope) => (level, message, meta) => {
    logger[LEVELS[level]]({ job: scope, ...meta }, message);
  });
