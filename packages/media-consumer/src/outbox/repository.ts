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
  /** bigint is returned as text. */
  readonly claimVersion: string;
}

/** Counts the attempt before the message is sent. From then on it is not an intent, whatever happens. */
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

const GIVEN_MESSAGES = `
  FROM unnest($1::uuid[], $2::bigint[]) AS m (usage_id, claim_version)
  WHERE o.usage_id = m.usage_id AND o.claim_version = m.claim_version`;
const DONE = `DELETE FROM usage_outbox AS o USING ${GIVEN_MESSAGES.replace('FROM', '')}`;
const MAKE_DUE = `UPDATE usage_outbox AS o SET due_at = now() ${GIVEN_MESSAGES}`;
const POSTPONE = `
  UPDATE usage_outbox AS o
  SET due_at = now() + least($3, 1000 * 2 ^ least(o.attempts, 30)) * interval '1 ms' ${GIVEN_MESSAGES}`;

const SETTLE = `
  WITH forgotten AS (
    DELETE FROM usage_outbox WHERE usage_id = ANY($1::uuid[]) AND kind = 'RELEASE' AND attempts = 0
  )
  UPDATE usage_outbox SET due_at = now()
  WHERE usage_id = ANY($2::uuid[]) AND kind = 'RELEASE' AND attempts = 0`;

/** Messages to the CMS that are not sent yet. */
export function createOutboxRepository(pool: pg.Pool) {
  return {
    /** Reserves at most `limit` due messages of one store for this process, for `leaseMs`. */
    async take(limit: number, leaseMs: number): Promise<UsageMessage[]> {
      const { rows } = await pool.query<Row>(TAKE, [limit, leaseMs]);
      return rows.map((row) => ({ ...row, claimVersion: Number(row.claimVersion) }));
    },
    async done(messages: readonly UsageMessage[]) {
      await pool.query(DONE, keysOf(messages));
    },
    /** Makes messages due immediately. */
    async makeDue(messages: readonly UsageMessage[]) {
      await pool.query(MAKE_DUE, keysOf(messages));
    },
    /** Postpones messages by a pause that doubles with every attempt, up to `maxPauseMs`. */
    async postpone(messages: readonly UsageMessage[], maxPauseMs: number) {
      await pool.query(POSTPONE, [...keysOf(messages), maxPauseMs]);
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
