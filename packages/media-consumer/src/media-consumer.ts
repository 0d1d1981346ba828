import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { type ClaimRequest, type Finding, createClaims } from './claims.ts';
import type { CmsClient } from './cms-client.ts';
import { createFeedFollower } from './feed/follower.ts';
import { type Purge, createFeedRepository } from './feed/repository.ts';
import type { Intents, NewUsage } from './intents.ts';
import { createLabels } from './labels/labels.ts';
import { type NameColumn, createNameRepository } from './labels/name-repository.ts';
import { createOutboxRepository } from './outbox/repository.ts';
import { createOutboxWorker } from './outbox/worker.ts';

/** The time after a claim in which a request may write its associations. */
const WRITE_MS = 2_000;
/** How long a caller waits until the CMS is notified of a change that is already stored. */
const MAX_NOTIFY_MS = 250;

export interface MediaConsumerOptions {
  readonly cms: CmsClient;
  /** The database with the consumer's associations and the tables of prisma/tables.sql. */
  readonly databaseUrl: string;
  /** Whether it is the URL of a pooler in transaction mode. Default: false. */
  readonly isPooled?: boolean;
  /** The entity that uses files, as the CMS's ledger shows it: `Note`. */
  readonly entityType: string;
  /** Default: entities have no names in the ledger. */
  readonly names?: NameColumn | null;
  /** Where to edit an entity: a URL that contains `{id}`. Default: none. */
  readonly editUrl?: string | null;
  readonly purge: Purge;
  readonly logger: Logger;
}

/** How a subgraph uses files of the CMS. Background work runs between `start` and `stop`. */
export interface MediaConsumer {
  /** Creates intents: pass them to the statement that reads the entity and stores them. */
  intend(storeId: string, usages: readonly NewUsage[]): Intents;
  /** Claims the intended usages. Returns findings by usage id; only USABLE ones may be written. */
  claim(request: ClaimRequest): Promise<ReadonlyMap<string, Finding>>;
  /**
   * Notifies the CMS of deleted associations, new roles and new names now instead of within a second. Resolves when the
   * CMS has the message, so that the next read sees the change, or after 250 ms. It never fails.
   */
  sendNow(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** Closes `cms` when it stops. */
export function createMediaConsumer(options: MediaConsumerOptions): MediaConsumer {
  const { cms, databaseUrl, isPooled = false, entityType, purge, logger } = options;
  const { names = null, editUrl = null } = options;
  // Separate from the pool of requests, so that neither waits for the other. Its polls are not logged at debug.
  const pool = openPool({
    url: databaseUrl,
    isPooled,
    name: 'media-consumer',
    logger: logger.child({}, { level: logger.level === 'debug' ? 'info' : logger.level }),
    maxConnections: 3,
  });
  const outbox = createOutboxRepository(pool);
  const labelOf = createLabels({ entityType, editUrl });
  const readNames = createNameRepository(pool, names);
  const worker = createOutboxWorker({ outbox, cms, entityType, labelOf, readNames, logger });
  const follower = createFeedFollower({
    feed: createFeedRepository({ pool, purge }),
    cms,
    onReturn: () => worker.retryNow(),
    logger,
  });

  return {
    intend: (storeId, usages) => ({ storeId, usages, dueInMs: cms.timeoutMs + WRITE_MS }),

    claim: createClaims({
      cms,
      entityType,
      labelOf,
      logger,
      async settle(settlement) {
        await outbox.settle(settlement);
        void worker.wake();
      },
    }),

    async sendNow() {
      const timeLimit = sleep(MAX_NOTIFY_MS, undefined, { ref: false });
      await Promise.race([worker.wake(), timeLimit]);
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
