import type pg from 'pg';
import { MediaUnavailableError } from './media-unavailable.ts';

// Statements for repositories, and parts of such. An intent is the release of a usage not written yet: it
// is stored before the file is claimed and taken back by whoever writes the association, so a consumer
// that dies in between leaves a claim that its outbox releases.

/** A use of a file that is to be: its id is that of the association's row to come. */
export interface NewUse {
  readonly usageId: string;
  readonly mediaId: string;
  /** As the ledger shows it to people: how the file is used. */
  readonly role: string | null;
}

/** A use as the consumer has it. */
export interface ExistingUse extends NewUse {
  readonly claimVersion: number;
}

/** What a use begins with. */
export const CLAIM_OF_NEW = 1;
/** What ends a use that was never written. */
const RELEASE_OF_NEW = 2;

/** Uses to be of one store, stored and not claimed yet. */
export interface Intents {
  readonly storeId: string;
  readonly uses: readonly NewUse[];
  /** When the outbox may release them. */
  readonly dueInMs: number;
}

/**
 * `select`, which reads the entity, and with it in one statement the intents to use files. Nothing is
 * stored unless it finds something. `at` is the number of the first parameter that is free;
 * `intentValues` go there.
 */
export const intending = (select: string, at: number): string => `
  WITH entity AS MATERIALIZED (${select}),
  intents AS (
    INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, due_at)
    SELECT i.usage_id, ${RELEASE_OF_NEW}, 'RELEASE', $${at}, i.media_id, now() + $${at + 1} * interval '1 ms'
    FROM unnest($${at + 2}::uuid[], $${at + 3}::uuid[]) AS i (usage_id, media_id)
    WHERE EXISTS (SELECT FROM entity)
  )
  SELECT * FROM entity`;

export const intentValues = ({ storeId, uses, dueInMs }: Intents): unknown[] => [
  storeId,
  dueInMs,
  uses.map(({ usageId }) => usageId),
  uses.map(({ mediaId }) => mediaId),
];

/**
 * Common table expressions that take back the intents of the usage ids in parameter `at`, all or none.
 * `held` has a row when all are still there; `condition` says what else must hold, looked at with the
 * intents locked, and `taken` has a row for each when both is so. What else is written hangs on `taken`.
 */
export const takingIntents = (at: number, condition: string): string => `
  pending AS MATERIALIZED (
    SELECT usage_id FROM usage_outbox
    WHERE usage_id = ANY($${at}::uuid[]) AND claim_version = ${RELEASE_OF_NEW} AND attempts = 0
    FOR UPDATE
  ),
  held AS MATERIALIZED (
    SELECT WHERE (SELECT count(*) FROM pending) = cardinality($${at}::uuid[])
  ),
  met AS MATERIALIZED (${condition}),
  taken AS (
    DELETE FROM usage_outbox
    WHERE usage_id = ANY($${at}::uuid[]) AND claim_version = ${RELEASE_OF_NEW} AND EXISTS (SELECT FROM met)
    RETURNING usage_id
  )`;

const TAKE = `
  DELETE FROM usage_outbox
  WHERE usage_id = ANY($1::uuid[]) AND claim_version = ${RELEASE_OF_NEW} AND attempts = 0`;

/** It took too long from claim to write: the outbox has begun to release. Nothing may be written. */
export class ClaimExpiredError extends MediaUnavailableError {
  constructor() {
    super({ cause: new Error('The outbox has begun to release the claim.') });
    this.name = 'ClaimExpiredError';
  }
}

/**
 * Takes the intents of these usages back, in the transaction that writes the associations and before it
 * locks anything else (everybody locks in this order).
 * @throws ClaimExpiredError when one is gone; the transaction must fail with it
 */
export async function takeIntents(client: pg.ClientBase, usageIds: readonly string[]) {
  const { rowCount } = await client.query(TAKE, [usageIds]);
  if (rowCount !== usageIds.length) throw new ClaimExpiredError();
}

const ENQUEUE_RELEASES = `
  INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id)
  SELECT r.usage_id, ${RELEASE_OF_NEW}, 'RELEASE', $1, r.media_id
  FROM unnest($2::uuid[], $3::uuid[]) AS r (usage_id, media_id)`;

/** Releases uses whose intents this transaction has taken and which it does not write after all. */
export async function releaseUnwritten(
  client: pg.ClientBase,
  storeId: string,
  uses: readonly NewUse[],
) {
  if (uses.length === 0) return;
  const usageIds = uses.map(({ usageId }) => usageId);
  const mediaIds = uses.map(({ mediaId }) => mediaId);
  await client.query(ENQUEUE_RELEASES, [storeId, usageIds, mediaIds]);
}

/** An association whose role has changed, with the claim version that it was given for this. */
export interface ChangedUse extends ExistingUse {
  readonly entityId: string;
}

const ENQUEUE_CLAIMS = `
  INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, entity_id, role)
  SELECT c.usage_id, c.claim_version, 'CLAIM', $1, c.media_id, c.entity_id, c.role
  FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[])
    AS c (usage_id, claim_version, media_id, entity_id, role)`;

/** Tells the CMS of new roles, within the transaction that writes them with their new claim version. */
export async function claimAgain(
  client: pg.ClientBase,
  storeId: string,
  uses: readonly ChangedUse[],
) {
  if (uses.length === 0) return;
  await client.query(ENQUEUE_CLAIMS, [
    storeId,
    uses.map(({ usageId }) => usageId),
    uses.map(({ claimVersion }) => claimVersion),
    uses.map(({ mediaId }) => mediaId),
    uses.map(({ entityId }) => entityId),
    uses.map(({ role }) => role),
  ]);
}
