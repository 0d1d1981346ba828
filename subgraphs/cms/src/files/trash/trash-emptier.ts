import type { PurgeRepository } from './purge-repository.ts';

const BATCH_SIZE = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The actor in the log when the CMS itself changes files. */
const SYSTEM = 'system';

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

export function createTrashEmptier({ purges }: { purges: PurgeRepository }) {
  return {
    /** How many files have been in the trash for longer than `days`, in all stores. */
    countOlderThan: (days: number): Promise<number> => purges.countExpired(daysAgo(days)),

    /** Purges them in transactions of at most 100 files. Returns how many. `signal` stops it between two of these. */
    async purgeOlderThan(days: number, signal?: AbortSignal): Promise<number> {
      const trashedBefore = daysAgo(days);
      let count = 0;
      for (;;) {
        signal?.throwIfAborted();
        let purgedNow = 0;
        for (const { storeId, ids } of await purges.findExpired(trashedBefore, BATCH_SIZE)) {
          const { purged } = await purges.purge({ storeId, ids, actor: SYSTEM, trashedBefore });
          purgedNow += purged.length;
        }
        // None are left, or the last ones were restored or purged by others after they were found.
        if (purgedNow === 0) return count;
        count += purgedNow;
      }
    },
  };
}
export type TrashEmptier = ReturnType<typeof createTrashEmptier>;
