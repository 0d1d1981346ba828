import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { type ClaimRequest, type Finding, createClaims } from './claims.ts';
import type { CmsClient } from './cms-client.ts';
import { createFeedFollower } from './feed/follower.ts';
import { type Purge, createFeedRepository } from './feed/repository.ts';
import type { Intents, NewUse } from './intents.ts';
import { createOutboxRepository } from './outbox/repository.ts';
import { createOutboxWorker } from './outbox/worker.ts';

/** Beyond the time a claim may take: what is left of a request to write its associations. */
const WRITE_MS = 2_000;
/** What a caller waits for the CMS to learn of a change that is made already. */
const PATIENCE_MS = 250;

export interface MediaConsumerOptions {
  readonly cms: CmsClient;
  /** Of the database with the consumer's associations and the tables of prisma/tables.sql. */
  readonly databaseUrl: string;
  /** What uses files here, as the ledger shows it to people: `Note`. */
  readonly entityType: string;
  readonly purge: Purge;
  readonly logger: Logger;
}

/** How a subgraph uses files of the CMS. What it is to do in the background it does between `start` and `stop`. */
export interface MediaConsumer {
  /** Uses to be, not stored yet: pass it to the statement that reads their entity. */
  intend(storeId: string, uses: readonly NewUse[]): Intents;
  /** Claims what is intended. By usage id what became of each; only USABLE ones may be written. */
  claim(request: ClaimRequest): Promise<ReadonlyMap<string, Finding>>;
  /**
   * Associations were deleted, or given other roles: the CMS is told now, not a second later. Resolves when
   * it knows, so that who reads on sees it, or when that takes long. It never fails.
   */
  sendNow(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** Ends the `cms` it is given when it stops. */
export function createMediaConsumer(options: MediaConsumerOptions): MediaConsumer {
  const { cms, databaseUrl, entityType, purge, logger } = options;
  // Apart from the pool of requests, so that neither waits for the other; and nobody debugs a poll a second.
  const pool = openPool({
    url: databaseUrl,
    name: 'media-consumer',
    logger: logger.child({}, { level: logger.level === 'debug' ? 'info' : logger.level }),
    maxConnections: 3,
  });
  const outbox = createOutboxRepository(pool);
  const worker = createOutboxWorker({ outbox, cms, entityType, logger });
  const follower = createFeedFollower({
    feed: createFeedRepository({ pool, purge }),
    cms,
    onReturn: () => worker.hurry(),
    logger,
  });

  return {
    intend: (storeId, uses) => ({ storeId, uses, dueInMs: cms.timeoutMs + WRITE_MS }),

    claim: createClaims({
      cms,
      entityType,
      logger,
      async settle(settlement) {
        await outbox.settle(settlement);
        void worker.wake();
      },
    }),

    async sendNow() {
      const isLong = sleep(PATIENCE_MS, undefined, { ref: false });
      await Promise.race([worker.wake(), isLong]);
    },

    start() {
      worker.start();
      follower.start();
    },

    async stop() {
      await Promise.all([worker.stop(), follower.stop()]);
      await Promise.all([pool.end(), cms.close()]);
    },
  };
}
