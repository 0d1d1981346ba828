import { openPool } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type pg from 'pg';
import type { CmsClient } from '../cms-client.ts';
import { type Purge, createFeedRepository } from '../feed/repository.ts';
import { createOutboxRepository } from '../outbox/repository.ts';
import { createDelivery } from '../outbox/worker.ts';
import { type Drift, driftOf, stateDriftOf } from './drift.ts';
import { itemsOf, pairsOf } from './merge.ts';
import { createCorrection } from './correction.ts';
import {
  type Association,
  type AssociationTable,
  createReconcileRepository,
} from './repository.ts';

const PAGE = 500;

export interface ReconcileOptions {
  readonly cms: CmsClient;
  readonly databaseUrl: string;
  readonly entityType: string;
  readonly associations: AssociationTable;
  readonly purge: Purge;
  /** Reports differences and corrects nothing. */
  readonly dryRun: boolean;
  /** Receives a line for each difference, and one at the end. */
  readonly report: (line: string) => void;
  readonly logger: Logger;
}

/**
 * Compares a consumer's associations with the CMS's ledger, usage by usage, and corrects both sides. The
 * consumer may be running. @throws MediaUnavailableError
 */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const pool = openPool({ url: options.databaseUrl, name: 'reconcile', logger: options.logger });
  try {
    await compare(pool, options);
  } finally {
    await Promise.all([pool.end(), options.cms.close()]);
  }
}

async function compare(
  pool: pg.Pool,
  { cms, entityType, associations, purge, dryRun, report, logger }: ReconcileOptions,
) {
  const repository = createReconcileRepository({ pool, associations });
  const correction = createCorrection({
    cms,
    repository,
    feed: createFeedRepository({ pool, purge }),
    deliver: createDelivery({ cms, entityType, logger, outbox: createOutboxRepository(pool) }),
    dryRun,
    report,
  });
  const pairs = pairsOf({
    claims: itemsOf(async (after) => {
      const { claims, cursor } = await cms.ledger({ after, first: PAGE });
      return { items: claims, next: cursor };
    }),
    storeIds: () => repository.storeIds(),
    associationsOf: (storeId) =>
      itemsOf(async (after) => {
        const items = await repository.page(storeId, { after, limit: PAGE });
        return { items, next: items.at(-1)?.usageId ?? null };
      }),
  });

  let compared = 0;
  let drifts: Drift[] = [];
  let states: Association[] = [];
  for await (const pair of pairs) {
    compared += 1;
    const drift = driftOf(pair, Date.now());
    const state = stateDriftOf(pair);
    if (drift) drifts.push(drift);
    if (state) states.push(state);
    if (drifts.length + states.length < PAGE) continue;
    await correction.correct(drifts, states);
    [drifts, states] = [[], []];
  }
  await correction.correct(drifts, states);
  report(
    `${compared} usages compared, ${correction.found()} differences ${dryRun ? 'found' : 'corrected'}.`,
  );
}
