import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createRepeatedTask } from '@federated-media/subgraph-kit/repeated-task';
import type { Staging } from '../storage/staging.ts';
import type { Reservations } from './reservations/reservations.ts';
import type { StagedUploadRepository } from './upload/staged/repository.ts';

/** Expired bytes are removed within a minute. */
const EVERY_MS = 30_000;
/** 30 times the interval of the heartbeat. */
const GRACE = { silentSeconds: 15 * 60, doneSeconds: 24 * 60 * 60 };
/** Longer than staged bytes can wait and be completed: resumable uploads a day. */
const STAGED_LEFTOVERS_MS = 27 * 60 * 60 * 1000;

/**
 * Removes what uploads of killed processes left behind, at start and every 30 seconds. Safe to run in
 * several processes and during uploads.
 */
export function createRecovery({
  reservations,
  stagedUploads,
  staging,
  logger,
}: {
  reservations: Pick<Reservations, 'heartbeat' | 'recover'>;
  stagedUploads: Pick<StagedUploadRepository, 'expire' | 'namesInProcessing'>;
  staging: Pick<Staging, 'discard' | 'sweep'>;
  logger: Logger;
}) {
  const steps = [
    () => reservations.recover(GRACE),
    () => stagedUploads.expire((name) => staging.discard(name)),
    async () => staging.sweep(STAGED_LEFTOVERS_MS, await stagedUploads.namesInProcessing()),
  ];

  /** Each step also if an earlier one fails. */
  async function recover() {
    let removed = 0;
    for (const step of steps) {
      try {
        removed += await step();
      } catch (error) {
        logger.warn({ err: error }, 'could not remove upload leftovers; retrying later');
      }
    }
    if (removed > 0) logger.info({ removed }, 'removed upload leftovers');
  }

  async function confirm() {
    try {
      await reservations.heartbeat();
    } catch (error) {
      logger.warn({ err: error }, 'could not confirm running uploads; retrying later');
    }
  }

  // A heartbeat does not wait for the storage.
  const tasks = [confirm, recover].map((run) => createRepeatedTask({ pauseMs: EVERY_MS, run }));
  return {
    start() {
      for (const task of tasks) task.start();
    },
    /** Resolves when the current run has ended. */
    async stop() {
      await Promise.all(tasks.map((task) => task.stop()));
    },
  };
}
