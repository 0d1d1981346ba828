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
 * read the whole table to find so many ids.
 */
const FORGET = `
  DELETE FROM audit_entries WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM audit_entries WHERE at < now() - make_interval(days => $1)
    ORDER BY at LIMIT 10000 FOR UPDATE SKIP LOCKED
  ))`;

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

    /** Deletes up to 10,000 older entries, those of purged files included. Returns how many. */
    async forget(olderThanDays: number): Promise<number> {
      const { rowCount } = await inTransaction(pool, async (client) => {
        await client.query(STATE_RETENTION, [String(olderThanDays)]);
        return client.query(FORGET, [olderThanDays]);
      });
      return rowCount ?? 0;
    },
  };
}
export type AuditRepository = ReturnType<typeof createAuditRepository>;
