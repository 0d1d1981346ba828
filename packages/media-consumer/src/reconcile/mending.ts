import type { CmsClient } from '../cms-client.ts';
import type { FeedRepository, MediaRef } from '../feed/repository.ts';
import type { Drift } from './drift.ts';
import type { Association, ReconcileRepository } from './repository.ts';

/** Mends what two sides that were read at different moments seem to differ in, after a second look. */
export function createMending({
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
  /** Sends messages that are due; answers with how many it took. */
  deliver: () => Promise<number>;
  dryRun: boolean;
  report: (line: string) => void;
}) {
  let found = 0;
  const say = ({ storeId, mediaId }: MediaRef, what: string) => {
    found += 1;
    report(`${storeId}: file ${mediaId}: ${what}`);
  };

  return {
    found: () => found,

    async mend(drifts: readonly Drift[], states: readonly Association[]) {
      await mendStates(states);
      await release(drifts.flatMap((drift) => (drift.kind === 'UNUSED' ? [drift.use] : [])));
      await claim(drifts.flatMap((drift) => (drift.kind === 'UNCLAIMED' ? [drift.use] : [])));
    },
  };

  /** Asks once more: the feed may have told since. What the CMS says now counts, even if it is an older version. */
  async function mendStates(uses: readonly Association[]) {
    const files = new Map(uses.map((use) => [`${use.storeId}/${use.mediaId}`, use]));
    for (const { storeId, mediaId, state, stateVersion } of files.values()) {
      const file = await cms.whereabouts(storeId, mediaId);
      if (!file || file.state === (state ?? 'ACTIVE')) continue;
      const news = { storeId, mediaId, ...file };
      if (dryRun || (await repository.correct(news, stateVersion))) {
        const isTrashed = file.state === 'TRASHED';
        say(news, isTrashed ? 'is in the trash but shown' : 'is hidden but not in the trash');
      }
    }
  }

  async function release(uses: readonly Extract<Drift, { kind: 'UNUSED' }>['use'][]) {
    const unexplained = await repository.unexplained(uses.map(({ usageId }) => usageId));
    const unused = uses.filter(({ usageId }) => unexplained.has(usageId));
    for (const use of unused)
      say(use, `usage ${use.usageId} is claimed but does not exist: released`);
    if (dryRun || unused.length === 0) return;
    await repository.release(unused);
    await deliverAll();
  }

  async function claim(uses: readonly Association[]) {
    const waiting = await repository.waiting(uses.map(({ usageId }) => usageId));
    const unclaimed = uses.filter(({ usageId }) => !waiting.has(usageId));
    for (const use of unclaimed) say(use, `usage ${use.usageId} is not claimed: claimed again`);
    if (dryRun || unclaimed.length === 0) return;
    await repository.claimAgain(unclaimed);
    await deliverAll();
    await forgetGone(unclaimed);
  }

  /** What the CMS would not claim is in the trash, and waits in the outbox to come back; or it is gone. */
  async function forgetGone(uses: readonly Association[]) {
    const refused = await repository.waiting(uses.map(({ usageId }) => usageId));
    for (const use of uses.filter(({ usageId }) => refused.has(usageId))) {
      const { storeId, mediaId } = use;
      if ((await cms.whereabouts(storeId, mediaId)) !== null) continue;
      report(`${storeId}: file ${mediaId}: was purged: its usages are removed`);
      // As the feed would have said it.
      await feed.learn([
        { storeId, mediaId, state: 'PURGED', version: (use.stateVersion ?? 0) + 1 },
      ]);
    }
  }

  async function deliverAll() {
    while ((await deliver()) > 0);
  }
}
