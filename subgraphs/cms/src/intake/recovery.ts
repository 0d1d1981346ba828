import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createRepeatedTask } from '@federated-media/subgraph-kit/repeated-task';
import type { Staging } from '../storage/staging.ts';
import type { Reservations } from './reservations/reservations.ts';
import type { StagedUploadRepository } from './upload/staged/repository.ts';

const EVERY_MS = 60_000;
/** 15 times the interval of the heartbeat. */
const GRACE = { silentSeconds: 15 * 60, doneSeconds: 24 * 60 * 60 };
/** Longer than staged bytes can wait and be completed. */
const STAGED_LEFTOVERS_MS = 3 * 60 * 60 * 1000;

/**
 * Removes what uploads of killed processes left behind, at start and every minute. Safe to run in
 * several processes and during uploads.
 */
export function createRecovery({
  reservations,
  stagedUploads,
  staging,
  logger,
}: {
  reservations: Pick<Reservations, 'heartbeat' | 'recover'>;
  stagedUploads: Pick<StagedUploadRepository, 'expire'>;
  staging: Staging;
  logger: Logger;
}) {
  async function run() {
    try {
      await reservations.heartbeat();
      const recovered = await reservations.recover(GRACE);
      for (const name of await stagedUploads.expire()) await staging.discard(name);
      const swept = await staging.sweep(STAGED_LEFTOVERS_MS);
      if (recovered + swept > 0) logger.info({ recovered, swept }, 'removed upload leftovers');
    } catch (error) {
      logger.warn({ err: error }, 'could not remove upload leftovers; retrying later');
    }
  }

  return createRepeatedTask({ pauseMs: EVERY_MS, run });
}
