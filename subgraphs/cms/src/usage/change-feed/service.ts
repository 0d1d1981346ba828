import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { waitFor } from '@federated-media/subgraph-kit/telemetry/activity';
import type { QueryMediaChangesArgs } from '../../generated/graphql.ts';
import { consumerOf } from '../ledger/consumer.ts';
import { readNumber } from '../ledger/input.ts';
import type { ChangeSignal } from './change-signal.ts';
import { feedCursor, readFeedCursor } from './cursor.ts';
import type { ChangeFeedRepository, ChangesRead } from './repository.ts';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 500;
const MAX_WAIT_SECONDS = 25;
const MAX_WAITING = 100;
/** In case a notification is lost. */
const READ_AGAIN_MS = 1_000;
/** While a running transaction holds changes back: its end causes no notification. */
const READ_HELD_BACK_MS = 25;

/** The change feed, for consumers. */
export function createChangeFeedService({
  changes,
  changeSignal,
  readAgainMs = READ_AGAIN_MS,
  maxWaiting = MAX_WAITING,
}: {
  changes: ChangeFeedRepository;
  changeSignal: ChangeSignal;
  readAgainMs?: number;
  maxWaiting?: number;
}) {
  const stopping = new AbortController();
  let waiting = 0;

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
      const wait = readNumber('wait', page.wait ?? 0, { min: 0, max: MAX_WAIT_SECONDS });
      if (wait === 0) return toPage(await readOrWait(after ?? null, first, AbortSignal.abort()));

      if (waiting >= maxWaiting) {
        throw publicError(
          'OVERLOADED',
          'Too many requests are waiting for changes. Retry with wait: 0.',
        );
      }
      waiting += 1;
      try {
        const late = AbortSignal.timeout(wait * 1000);
        const ended = AbortSignal.any([signal, stopping.signal, late]);
        return toPage(await readOrWait(after ?? null, first, ended));
      } finally {
        waiting -= 1;
      }
    },

    /** Ends all waiting, now and later. */
    stopWaiting() {
      stopping.abort();
    },
  };
}
export type ChangeFeedService = ReturnType<typeof createChangeFeedService>;

const toPage = ({ changes, position }: ChangesRead) => ({
  changes: [...changes],
  cursor: feedCursor(position),
});
