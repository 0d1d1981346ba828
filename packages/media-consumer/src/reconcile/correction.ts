import type { CmsClient } from '../cms-client.ts';
import type { FeedRepository, MediaRef } from '../feed/repository.ts';
import type { Drift } from './drift.ts';
import type { Association, ReconcileRepository } from './repository.ts';

/** Corrects differences after a second check, because the two sides were read at different times. */
export function createCorrection({
  cms,
  repository,
  feed,
  deliver,
  dryRun,
  report,
}: {
  cms: CmsClient;
  repository: ReconcileRepository;
  feed: FeedRepository;
  /** Sends due messages; returns their number. */
  deliver: () => Promise<number>;
  dryRun: boolean;
  report: (line: string) => void;
}) {
  let found = 0;
  const would = dryRun ? 'would be ' : '';
  const reportDifference = ({ storeId, mediaId }: MediaRef, what: string) => {
    found += 1;
    report(`${storeId}: file ${mediaId}: ${what}`);
  };

  return {
    found: () => found,

    async correct(drifts: readonly Drift[], states: readonly Association[]) {
      await correctStates(states);
      await release(drifts.flatMap((drift) => (drift.kind === 'UNUSED' ? [drift.usage] : [])));
      await claim(usagesOf(drifts, 'UNCLAIMED'), 'is not claimed');
      await claim(usagesOf(drifts, 'RENAMED'), 'is claimed with another label or URL');
    },
  };

  /** Reads the file again: the feed may have reported the change since. The CMS's current state decides, even if its version is older. */
  async function correctStates(usages: readonly Association[]) {
    const files = new Map(usages.map((usage) => [`${usage.storeId}/${usage.mediaId}`, usage]));
    for (const { storeId, mediaId, state, stateVersion } of files.values()) {
      const file = await cms.fileState(storeId, mediaId);
      if (!file || file.state === (state ?? 'ACTIVE')) continue;
      const current = { storeId, mediaId, ...file };
      if (dryRun || (await repository.correct(current, stateVersion))) {
        const isTrashed = file.state === 'TRASHED';
        reportDifference(
          current,
          isTrashed ? 'is in the trash but shown' : 'is hidden but not in the trash',
        );
      }
    }
  }

  async function release(usages: readonly Extract<Drift, { kind: 'UNUSED' }>['usage'][]) {
    const unexplained = await repository.unexplained(usages.map(({ usageId }) => usageId));
    const unused = usages.filter(({ usageId }) => unexplained.has(usageId));
    for (const usage of unused)
      reportDifference(
        usage,
        `usage ${usage.usageId} is claimed but does not exist: ${would}released`,
      );
    if (dryRun || unused.length === 0) return;
    await repository.release(unused);
    await deliverAll();
  }

  async function claim(usages: readonly Association[], reason: string) {
    const waiting = await repository.waiting(usages.map(({ usageId }) => usageId));
    const unclaimed = usages.filter(({ usageId }) => !waiting.has(usageId));
    for (const usage of unclaimed)
      reportDifference(usage, `usage ${usage.usageId} ${reason}: ${would}claimed again`);
    if (dryRun || unclaimed.length === 0) return;
    await repository.claimAgain(unclaimed);
    await deliverAll();
    await removePurged(unclaimed);
  }

  /** A file whose claim the CMS rejected is in the trash, and its claim waits in the outbox; or it was purged. */
  async function removePurged(usages: readonly Association[]) {
    const rejected = await repository.waiting(usages.map(({ usageId }) => usageId));
    for (const usage of usages.filter(({ usageId }) => rejected.has(usageId))) {
      const { storeId, mediaId } = usage;
      if ((await cms.fileState(storeId, mediaId)) !== null) continue;
      report(`${storeId}: file ${mediaId}: was purged: its usages are removed`);
      // As if the feed had reported it.
      await feed.applyStates([
        { storeId, mediaId, state: 'PURGED', version: (usage.stateVersion ?? 0) + 1 },
      ]);
    }
  }

  async function deliverAll() {
    while ((await deliver()) > 0);
  }
}

const usagesOf = (drifts: readonly Drift[], kind: 'UNCLAIMED' | 'RENAMED'): Association[] =>
  drifts.flatMap((drift) => (drift.kind === kind ? [drift.usage] : []));
