import { openPool } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type pg from 'pg';
import type { CmsClient } from '../cms-client.ts';
import { type Purge, createFeedRepository } from '../feed/repository.ts';
import { createLabels } from '../labels/labels.ts';
import { type NameColumn, createNameRepository } from '../labels/name-repository.ts';
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

/** Labels and URLs can be long: a page of the ledger is smaller than the largest response. */
const PAGE = 200;

export interface ReconcileOptions {
  readonly cms: CmsClient;
  readonly databaseUrl: string;
  readonly entityType: string;
  readonly associations: AssociationTable;
  /** Null: entities have no names in the ledger. */
  readonly names: NameColumn | null;
  /** Where to edit an entity: a URL that contains `{id}`. */
  readonly editUrl: string | null;
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

async function compare(pool: pg.Pool, options: ReconcileOptions) {
  const { cms, entityType, associations, names, editUrl, purge, dryRun, report, logger } = options;
  const labelOf = createLabels({ entityType, editUrl });
  const repository = createReconcileRepository({ pool, associations, names });
  const correction = createCorrection({
    cms,
    repository,
    feed: createFeedRepository({ pool, purge }),
    deliver: createDelivery({
      cms,
      entityType,
      labelOf,
      readNames: createNameRepository(pool, names),
      logger,
      outbox: createOutboxRepository(pool),
    }),
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
    const drift = driftOf(pair, { now: Date.now(), labelOf });
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
