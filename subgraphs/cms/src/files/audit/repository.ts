import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
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
  };
}
export type AuditRepository = ReturnType<typeof createAuditRepository>;
