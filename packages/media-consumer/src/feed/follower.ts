import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createLoop } from '@federated-media/subgraph-kit/loop';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import type { CmsClient } from '../cms-client.ts';
import { isMediaUnavailable } from '../media-unavailable.ts';
import type { FeedRepository } from './repository.ts';

const PAGE = 500;
const WAIT_SECONDS = 20;
/** Limits the rate of requests to a CMS that ignores the wait and responds immediately. */
const QUIET_PAUSE_MS = 200;
/** Short: this request is how the process notices that the CMS is available again. */
const MAX_BACKOFF_MS = 5_000;

/** Follows the CMS's change feed, page by page. A page that cannot be applied is retried until it can. */
export function createFeedFollower({
  feed,
  cms,
  onReturn,
  logger,
}: {
  feed: FeedRepository;
  cms: CmsClient;
  /** The CMS is available again. */
  onReturn: () => void;
  logger: Logger;
}) {
  let wasUnavailable = false;

  return createLoop({
    name: 'media change feed',
    maxBackoffMs: MAX_BACKOFF_MS,
    isOutage: isMediaUnavailable,
    logger,
    async turn(signal) {
      const after = await feed.cursor();
      const { cursor, changes } = await readPage(after, signal);
      if (cursor !== after) await feed.apply({ after, cursor, changes });
      for (const { occurredAt } of changes) metrics.feedLag(Date.now() - Date.parse(occurredAt));
      return changes.length > 0 ? 0 : QUIET_PAUSE_MS;
    },
  });

  /** No transaction is open during the request. */
  async function readPage(after: string | null, signal: AbortSignal) {
    try {
      const page = await cms.changes({ after, first: PAGE, waitSeconds: WAIT_SECONDS, signal });
      if (wasUnavailable) onReturn();
      wasUnavailable = false;
      return page;
    } catch (error) {
      wasUnavailable ||= isMediaUnavailable(error);
      throw error;
    }
  }
}
