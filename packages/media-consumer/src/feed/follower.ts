import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { CmsClient } from '../cms-client.ts';
import { createLoop } from '../loop.ts';
import { MediaUnavailableError } from '../media-unavailable.ts';
import type { FeedRepository } from './repository.ts';

const PAGE = 500;
const WAIT_SECONDS = 20;
/** So that a CMS which answers at once, whatever the wait, is not asked without end. */
const QUIET_PAUSE_MS = 200;
/** Short: one question, and its answer is how this process learns that the CMS is back. */
const MAX_BACKOFF_MS = 5_000;

/** Follows the CMS's change feed, page by page. A page that can't be applied is tried again until it can. */
export function createFeedFollower({
  feed,
  cms,
  onReturn,
  logger,
}: {
  feed: FeedRepository;
  cms: CmsClient;
  /** The CMS answers again after it did not. */
  onReturn: () => void;
  logger: Logger;
}) {
  let isAway = false;

  return createLoop({
    name: 'media change feed',
    maxBackoffMs: MAX_BACKOFF_MS,
    logger,
    async turn(signal) {
      const after = await feed.cursor();
      const { cursor, changes } = await ask(after, signal);
      if (cursor !== after) await feed.apply({ after, cursor, changes });
      return changes.length > 0 ? 0 : QUIET_PAUSE_MS;
    },
  });

  /** No transaction is open meanwhile. */
  async function ask(after: string | null, signal: AbortSignal) {
    try {
      const page = await cms.changes({ after, first: PAGE, waitSeconds: WAIT_SECONDS, signal });
      if (isAway) onReturn();
      isAway = false;
      return page;
    } catch (error) {
      isAway ||= error instanceof MediaUnavailableError;
      throw error;
    }
  }
}
