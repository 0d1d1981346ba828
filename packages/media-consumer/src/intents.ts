import type pg from 'pg';
import { MediaUnavailableError } from './media-unavailable.ts';

// Statements for repositories, and parts of statements. An intent is the release of a usage that is not
// written yet. It is stored before the file is claimed, and deleted by the transaction that writes the
// association. If the consumer dies in between, its outbox sends the release.

/** A usage to be. Its id will be the id of the association's row. */
export interface NewUsage {
  readonly usageId: string;
  readonly mediaId: string;
  /** How the file is used, as the CMS's ledger shows it. */
  readonly role: string | null;
}

/** A usage that the consumer has stored. */
export interface ExistingUsage extends NewUsage {
  readonly claimVersion: number;
}

/** The claim version of a new usage. */
export const CLAIM_OF_NEW = 1;
/** The claim version that ends a usage that was never written. */
const RELEASE_OF_NEW = 2;

/** Usages to be, of one store, before they are claimed. */
export interface Intents {
  readonly storeId: string;
  readonly usages: readonly NewUsage[];
  /** After this time the outbox may release them. */
  readonly dueInMs: number;
}

/**
 * A statement that runs `select`, which reads the entity, and stores the intents. It stores nothing when
 * `select` finds nothing. `intentValues` are the parameters from number `at` on.
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

export const intentValues = ({ storeId, usages, dueInMs }: Intents): unknown[] => [
  storeId,
  dueInMs,
  usages.map(({ usageId }) => usageId),
  usages.map(({ mediaId }) => mediaId),
];

/**
 * Common table expressions that delete the intents of the usage ids in parameter `at`, all or none. They
 * lock the intents; `held` has a row when all still exist. `condition` is evaluated under this lock, and
 * must select from `held`; `met` has its rows. Other writes of the statement depend on `met`.
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

/** The time between claim and write was too long: the outbox releases the claim. Nothing may be written. */
export class ClaimExpiredError extends MediaUnavailableError {
  constructor() {
    super({ cause: new Error('The outbox already releases the claim.') });
    this.name = 'ClaimExpiredError';
  }
}

/**
 * Deletes the intents of these usages, in the transaction that writes the associations and before it locks
 * anything else: all code locks in this order.
 * @throws ClaimExpiredError when one is missing; the transaction must fail with it
 */
export async function takeIntents(client: pg.ClientBase, usageIds: readonly string[]) {
  const { rowCount } = await client.query(TAKE, [usageIds]);
  if (rowCount !== usageIds.length) throw new ClaimExpiredError();
}

const ENQUEUE_RELEASES = `
  INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id)
  SELECT r.usage_id, ${RELEASE_OF_NEW}, 'RELEASE', $1, r.media_id
  FROM unnest($2::uuid[], $3::uuid[]) AS r (usage_id, media_id)`;

/** Releases usages whose intents this transaction has deleted and which it does not write. */
export async function releaseUnwritten(
  client: pg.ClientBase,
  storeId: string,
  usages: readonly NewUsage[],
) {
  if (usages.length === 0) return;
  const usageIds = usages.map(({ usageId }) => usageId);
  const mediaIds = usages.map(({ mediaId }) => mediaId);
  await client.query(ENQUEUE_RELEASES, [storeId, usageIds, mediaIds]);
}

/** An association with a new role, and the claim version of that role. */
export interface ChangedUsage extends ExistingUsage {
  readonly entityId: string;
}

const ENQUEUE_CLAIMS = `
  INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, entity_id, role)
  SELECT c.usage_id, c.claim_version, 'CLAIM', $1, c.media_id, c.entity_id, c.role
  FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[])
    AS c (usage_id, claim_version, media_id, entity_id, role)`;

/** Notifies the CMS of new roles, in the transaction that writes them. */
export async function claimAgain(
  client: pg.ClientBase,
  storeId: string,
  usages: readonly ChangedUsage[],
) {
  if (usages.length === 0) return;
  await client.query(ENQUEUE_CLAIMS, [
    storeId,
    usages.map(({ usageId }) => usageId),
    usages.map(({ claimVersion }) => claimVersion),
    usages.map(({ mediaId }) => mediaId),
    usages.map(({ entityId }) => entityId),
    usages.map(({ role }) => role),
  ]);
}
