import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { AuditEntryRecord } from './audit-entry.ts';

/** One short index scan per file, all in one statement. */
const PAGES = `
  SELECT entry.id, entry.media_id AS "mediaId", entry.actor, entry.action, entry.at, entry.changes
  FROM unnest($2::uuid[]) AS file (id) CROSS JOIN LATERAL (
    SELECT * FROM audit_entries a
    WHERE a.store_id = $1 AND a.media_id = file.id AND (a.at, a.id) < ($3::timestamptz, $4::uuid)
    ORDER BY a.at DESC, a.id DESC
    LIMIT $5
  ) entry
  ORDER BY entry.at DESC, entry.id DESC`;

/** Without it, and of entries within this time, the database refuses to delete. */
const STATE_RETENTION = `SELECT set_config('cms.audit_retention_days', $1, true)`;

/**
 * Of all stores. Processes that do this at the same time delete different entries. By `ctid`, because PostgreSQL would
 * read the whole table to find so many ids. From `$2` on: the index still has what was deleted before.
 */
const FORGET = `
  WITH deleted AS (
    DELETE FROM audit_entries WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM audit_entries
      WHERE at < now() - make_interval(days => $1) AND at >= coalesce($2::timestamptz, '-infinity')
      ORDER BY at LIMIT 10000 FOR UPDATE SKIP LOCKED
    )) RETURNING at
  )
  SELECT count(*)::int AS count, max(at) AS until FROM deleted`;

/** How many entries were deleted, and the time of the newest of them. */
export interface Forgotten {
  readonly count: number;
  readonly until: Date | null;
}

/** Before the newest entry. */
const START: KeysetPosition = {
  createdAt: 'infinity',
  id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
};

export function createAuditRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Up to `limit` entries of each file that are older than `after`, newest first. */
    async findPages(
      storeId: string,
      ids: readonly string[],
      { after, limit }: { after: KeysetPosition | null; limit: number },
    ): Promise<AuditEntryRecord[]> {
      const position = after ?? START;
      const values = [storeId, ids, position.createdAt, position.id, limit];
      return (await pool.query<AuditEntryRecord>(PAGES, values)).rows;
    },

    /** Deletes up to 10,000 older entries, the oldest from `from` on, those of purged files included. */
    async forget(olderThanDays: number, from: Date | null = null): Promise<Forgotten> {
      const { rows } = await inTransaction(pool, async (client) => {
        await client.query(STATE_RETENTION, [String(olderThanDays)]);
        return client.query<Forgotten>(FORGET, [olderThanDays, from]);
      });
      return rows[0] ?? { count: 0, until: null };
    },
  };
}
export type AuditRepository = ReturnType<typeof createAuditRepository>;
