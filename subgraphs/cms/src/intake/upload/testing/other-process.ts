import { join } from 'node:path';
import { pino } from 'pino';
import type { RunningCms } from '../../../files/media-file/testing/running-cms.ts';
import { openDiskStorage } from '../../../storage/disk-storage.ts';
import { createStaging } from '../../../storage/staging.ts';
import { createRecovery } from '../../recovery.ts';
import { createReservations } from '../../reservations/reservations.ts';
import { createStagedUploadRepository } from '../staged/repository.ts';

/** Another process on the database and disk of `cms`. */
export function createOtherProcess(cms: RunningCms) {
  const logger = pino({ level: 'silent' });
  const staging = createStaging({ dir: join(cms.folder, 'staging') });
  const storage = openDiskStorage({ root: join(cms.folder, 'objects') });
  const repository = cms.store.reservations;
  const reservations = createReservations({ repository, staging, storage, logger });
  const stagedUploads = createStagedUploadRepository({ pool: cms.store.pool });
  return {
    staging,
    storage,
    repository,
    reservations,
    stagedUploads,
    async recover() {
      const recovery = createRecovery({ reservations, stagedUploads, staging, logger });
      recovery.start();
      await recovery.stop();
    },
  };
}
