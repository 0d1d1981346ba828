import type { Caller } from '@federated-media/subgraph-kit/identity';
import { waitFor } from '@federated-media/subgraph-kit/telemetry/activity';
import type { QueryMediaInvalidationsArgs } from '../../generated/graphql.ts';
import type { ChangeSignal } from '../change-feed/change-signal.ts';
import { createWaitingRequests } from '../change-feed/waiting-requests.ts';
import { consumerOf } from '../ledger/consumer.ts';
import { readSnapshotCursor, snapshotCursor } from './cursor.ts';
import type { InvalidationRepository } from './repository.ts';

/** In case a notification is lost. */
const READ_AGAIN_MS = 500;

/** Which files changed, for caches. */
export function createInvalidationService({
  invalidations,
  signal: changed,
  readAgainMs = READ_AGAIN_MS,
}: {
  invalidations: InvalidationRepository;
  /** Notified of each change. */
  signal: ChangeSignal;
  readAgainMs?: number;
}) {
  const requests = createWaitingRequests();

  async function readOrWait(cursor: string | null, signal: AbortSignal) {
    const after = cursor === null ? null : readSnapshotCursor(cursor);
    for (;;) {
      const seen = changed.count();
      const read = await invalidations.read(after);
      if (read.everything || read.files.length > 0 || signal.aborted) return read;
      await waitFor(changed.nextAfter(seen, { ms: readAgainMs, signal }));
    }
  }

  return {
    /**
     * The changed files of all stores: a cache serves all stores. It needs a service token, as the change feed does.
     * @throws FORBIDDEN, BAD_USER_INPUT, and OVERLOADED when too many requests are waiting
     */
    async page(caller: Caller, { after, wait }: QueryMediaInvalidationsArgs, signal: AbortSignal) {
      consumerOf(caller);
      const { files, everything, seen } = await requests.run({ wait: wait ?? 0, signal }, (until) =>
        readOrWait(after ?? null, until),
      );
      return { invalidations: [...files], everything, cursor: snapshotCursor(seen) };
    },

    /** Ends all waiting, now and later. */
    stopWaiting: () => requests.stop(),
  };
}
export type InvalidationService = ReturnType<typeof createInvalidationService>;
