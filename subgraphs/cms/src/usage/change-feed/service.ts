import type { Caller } from '@federated-media/subgraph-kit/identity';
import { waitFor } from '@federated-media/subgraph-kit/telemetry/activity';
import type { QueryMediaChangesArgs } from '../../generated/graphql.ts';
import { consumerOf } from '../ledger/consumer.ts';
import { readNumber } from '../ledger/input.ts';
import type { ChangeSignal } from './change-signal.ts';
import { feedCursor, readFeedCursor } from './cursor.ts';
import type { ChangeFeedRepository, ChangesRead } from './repository.ts';
import { createWaitingRequests } from './waiting-requests.ts';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 500;
/** In case a notification is lost. */
const READ_AGAIN_MS = 1_000;
/** While a running transaction holds changes back: its end causes no notification. */
const READ_HELD_BACK_MS = 25;

/** The change feed, for consumers. */
export function createChangeFeedService({
  changes,
  changeSignal,
  readAgainMs = READ_AGAIN_MS,
  maxWaiting,
}: {
  changes: ChangeFeedRepository;
  changeSignal: ChangeSignal;
  readAgainMs?: number;
  maxWaiting?: number | undefined;
}) {
  const requests = createWaitingRequests({ maxWaiting });

  async function readOrWait(cursor: string | null, limit: number, signal: AbortSignal) {
    const position = cursor === null ? null : readFeedCursor(cursor);
    let heldBackMs = READ_HELD_BACK_MS;
    for (;;) {
      const seen = changeSignal.count();
      const read = await changes.read(position, limit);
      if (read.changes.length > 0 || signal.aborted) return read;
      heldBackMs = read.isHeldBack ? Math.min(heldBackMs * 2, readAgainMs) : READ_HELD_BACK_MS;
      const ms = read.isHeldBack ? heldBackMs : readAgainMs;
      await waitFor(changeSignal.nextAfter(seen, { ms, signal }));
    }
  }

  return {
    /**
     * A page of the changes of all stores, not only of the caller's: a consumer serves all stores and
     * follows them with one cursor. It needs a service token, which only a subgraph can sign, and names
     * the files without their content.
     * @throws FORBIDDEN, BAD_USER_INPUT, and OVERLOADED when too many requests are waiting
     */
    async page(caller: Caller, { after, ...page }: QueryMediaChangesArgs, signal: AbortSignal) {
      consumerOf(caller);
      const first = readNumber('first', page.first ?? DEFAULT_SIZE, { min: 1, max: MAX_SIZE });
      const read = await requests.run({ wait: page.wait ?? 0, signal }, (until) =>
        readOrWait(after ?? null, first, until),
      );
      return toPage(read);
    },

    /** Ends all waiting, now and later. */
    stopWaiting: () => requests.stop(),
  };
}
export type ChangeFeedService = ReturnType<typeof createChangeFeedService>;

const toPage = ({ changes, position }: ChangesRead) => ({
  changes: [...changes],
  cursor: feedCursor(position),
});
