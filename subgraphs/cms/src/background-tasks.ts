import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { TaskList } from 'graphile-worker';
import { z } from 'zod';
import type { ChangeFeedRepository } from './usage/change-feed/repository.ts';
import type { InvalidationRepository } from './usage/invalidations/repository.ts';
import type { EndedMediaRepository } from './delivery/purge/repository.ts';
import type { AuditRepository, Forgotten } from './files/audit/repository.ts';
import type { CountRepository } from './files/counts/repository.ts';
import type { PurgeRepository } from './files/trash/purge-repository.ts';
import type { Storage } from './storage/storage.ts';
import { objectPrefix } from './storage/object-key.ts';
import { DEFAULT_GRACE_HOURS, type Sweeper } from './storage/upkeep/sweeper.ts';
import type { TrashEmptier } from './files/trash/trash-emptier.ts';
import type { UsageRepository } from './usage/ledger/repository.ts';
import {
  CHANGED_COUNTS,
  OLD_AUDIT_ENTRIES,
  OLD_CHANGES,
  OLD_TRASH,
  PURGED_OBJECTS,
  UNREFERENCED_OBJECTS,
} from './platform/jobs/task-names.ts';

const CHANGES_KEPT_SECONDS = 30 * 24 * 60 * 60;
const INVALIDATIONS_KEPT_SECONDS = 2 * 60 * 60;
/** How long a CDN may be unavailable. */
const ENDED_KEPT_SECONDS = 30 * 24 * 60 * 60;
/** The trigger writes rows without a CDN, too. One that is set within this time learns of them. */
const ENDED_KEPT_SECONDS_WITHOUT_CDN = 24 * 60 * 60;

/** UTC. Missed runs are not repeated: the next run does their work. */
export const CRONTAB = `
* * * * * ${CHANGED_COUNTS} ?jobKey=${CHANGED_COUNTS}&max=3
17 * * * * ${OLD_TRASH} ?max=3
29 * * * * ${OLD_CHANGES} ?max=3
41 * * * * ${OLD_AUDIT_ENTRIES} ?max=3
43 3 * * * ${UNREFERENCED_OBJECTS} ?max=3
`;

const purgedFile = z.object({ storeId: z.string(), mediaId: z.string() });

interface Dependencies {
  purges: PurgeRepository;
  emptier: TrashEmptier;
  sweeper: Sweeper;
  changes: Pick<ChangeFeedRepository, 'forget'>;
  invalidations: Pick<InvalidationRepository, 'forget'>;
  ended: Pick<EndedMediaRepository, 'forget'>;
  /** Whether a CDN is notified of ended URLs. */
  hasCdn: boolean;
  usages: Pick<UsageRepository, 'forgetReleased'>;
  audit: Pick<AuditRepository, 'forget'>;
  counts: CountRepository;
  storage: Storage;
  /** 0: files stay in the trash. */
  trashRetentionDays: number;
  /** 0: entries of the audit log are kept. */
  auditRetentionDays: number;
  logger: Logger;
}

/** Background tasks. Each may run twice, or again after it was interrupted. */
export function createTasks(dependencies: Dependencies): TaskList {
  const {
    purges,
    emptier,
    sweeper,
    changes,
    invalidations,
    ended,
    usages,
    storage,
    audit,
    counts,
    logger,
  } = dependencies;
  const { trashRetentionDays, auditRetentionDays, hasCdn } = dependencies;
  return {
    async [PURGED_OBJECTS](payload, { abortSignal }) {
      const { storeId, mediaId: id } = purgedFile.parse(payload);
      // Never deletes objects of a file that exists, whatever the job says.
      if (await purges.exists(storeId, id)) return;
      for await (const { key } of storage.list(objectPrefix({ storeId, id }))) {
        // The rest is deleted when the job runs again.
        abortSignal.throwIfAborted();
        await storage.delete(key);
      }
    },

    async [OLD_TRASH](_payload, { abortSignal }) {
      if (trashRetentionDays === 0) return;
      const purged = await emptier.purgeOlderThan(trashRetentionDays, abortSignal);
      if (purged > 0) logger.info({ purged }, 'purged expired files from the trash');
    },

    async [OLD_AUDIT_ENTRIES](_payload, { abortSignal }) {
      if (auditRetentionDays === 0) return;
      let deleted = 0;
      let last: Forgotten = { count: 0, until: null };
      while (!abortSignal.aborted) {
        last = await audit.forget(auditRetentionDays, last.until);
        if (last.count === 0) break;
        deleted += last.count;
      }
      if (deleted > 0) logger.info({ deleted }, 'deleted old entries of the audit log');
    },

    async [CHANGED_COUNTS](_payload, { abortSignal }) {
      while (!abortSignal.aborted && (await counts.fold()) > 0);
    },

    /** A consumer that was offline longer resumes at the oldest change, and then reconciles. */
    async [OLD_CHANGES](_payload, { abortSignal }) {
      const forgetAll = async (forget: (seconds: number) => Promise<number>, seconds: number) => {
        while (!abortSignal.aborted && (await forget(seconds)) > 0);
      };
      await forgetAll(changes.forget, CHANGES_KEPT_SECONDS);
      await forgetAll(usages.forgetReleased, CHANGES_KEPT_SECONDS);
      await forgetAll(invalidations.forget, INVALIDATIONS_KEPT_SECONDS);
      await forgetAll(ended.forget, hasCdn ? ENDED_KEPT_SECONDS : ENDED_KEPT_SECONDS_WITHOUT_CDN);
    },

    async [UNREFERENCED_OBJECTS](_payload, { abortSignal: signal }) {
      let swept = 0;
      const sweeping = { graceHours: DEFAULT_GRACE_HOURS, dryRun: false, signal };
      for await (const { key } of sweeper.sweep(sweeping)) {
        logger.debug({ storageKey: key }, 'removed unreferenced object');
        swept += 1;
      }
      if (swept > 0) logger.info({ swept }, 'removed unreferenced objects');
    },
  };
}
