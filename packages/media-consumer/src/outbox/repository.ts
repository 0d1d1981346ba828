import type pg from 'pg';
import type { Settlement } from '../claims.ts';

/** A claim or release to send. */
export interface UsageMessage {
  readonly usageId: string;
  readonly claimVersion: number;
  readonly kind: 'CLAIM' | 'RELEASE';
  readonly storeId: string;
  readonly mediaId: string;
  readonly entityId: string | null;
  readonly role: string | null;
}

interface Row extends Omit<UsageMessage, 'claimVersion'> {
  /** bigint comes as text. */
  readonly claimVersion: string;
}

/** Counted and postponed before it is sent, so that what is sent is no intent any more, whatever happens then. */
const TAKE = `
  WITH due AS MATERIALIZED (
    SELECT usage_id, claim_version FROM usage_outbox
    WHERE due_at <= now() AND store_id = (
      SELECT store_id FROM usage_outbox WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
  )
  UPDATE usage_outbox AS o SET attempts = attempts + 1, due_at = now() + $2 * interval '1 ms'
  FROM due WHERE o.usage_id = due.usage_id AND o.claim_version = due.claim_version
  RETURNING o.usage_id AS "usageId", o.claim_version AS "claimVersion", o.kind, o.store_id AS "storeId",
    o.media_id AS "mediaId", o.entity_id AS "entityId", o.role`;

const THESE = `
  FROM unnest($1::uuid[], $2::bigint[]) AS m (usage_id, claim_version)
  WHERE o.usage_id = m.usage_id AND o.claim_version = m.claim_version`;
const DONE = `DELETE FROM usage_outbox AS o USING ${THESE.replace('FROM', '')}`;
const AGAIN = `UPDATE usage_outbox AS o SET due_at = now() ${THESE}`;
const LATER = `
  UPDATE usage_outbox AS o
  SET due_at = now() + least($3, 1000 * 2 ^ least(o.attempts, 30)) * interval '1 ms' ${THESE}`;

const SETTLE = `
  WITH forgotten AS (
    DELETE FROM usage_outbox WHERE usage_id = ANY($1::uuid[]) AND kind = 'RELEASE' AND attempts = 0
  )
  UPDATE usage_outbox SET due_at = now()
  WHERE usage_id = ANY($2::uuid[]) AND kind = 'RELEASE' AND attempts = 0`;

/** Messages to the CMS that wait to be sent. */
export function createOutboxRepository(pool: pg.Pool) {
  return {
    /** At most `limit` that are due, all of one store, and no other process's for the next `leaseMs`. */
    async take(limit: number, leaseMs: number): Promise<UsageMessage[]> {
      const { rows } = await pool.query<Row>(TAKE, [limit, leaseMs]);
      return rows.map((row) => ({ ...row, claimVersion: Number(row.claimVersion) }));
    },
    async done(messages: readonly UsageMessage[]) {
      await pool.query(DONE, keysOf(messages));
    },
    /** They may be taken again at once. */
    async again(messages: readonly UsageMessage[]) {
      await pool.query(AGAIN, keysOf(messages));
    },
    /** They may be taken again after a pause that doubles with every attempt, up to `maxPauseMs`. */
    async later(messages: readonly UsageMessage[], maxPauseMs: number) {
      await pool.query(LATER, [...keysOf(messages), maxPauseMs]);
    },
    async settle({ forgotten, released }: Settlement) {
      await pool.query(SETTLE, [forgotten, released]);
    },
  };
}
export type OutboxRepository = ReturnType<typeof createOutboxRepository>;

const keysOf = (messages: readonly UsageMessage[]) => [
  messages.map(({ usageId }) => usageId),
  messages.map(({ claimVersion }) => claimVersion),
];
