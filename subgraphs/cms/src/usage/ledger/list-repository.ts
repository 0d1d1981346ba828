import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import type pg from 'pg';
import type { UsageRecord } from './media-usage.ts';

/** One page for each of several files. The subquery reads only the rows of its page. */
const PAGES = {
  name: 'pages-of-usages',
  text: `
  SELECT u.id, u.media_id AS "mediaId", u.consumer, u.entity_type AS "entityType",
    u.entity_id AS "entityId", u.role, u.label, u.url, u.claimed_at AS "claimedAt"
  FROM unnest($2::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT * FROM media_usages m
    WHERE m.media_id = wanted.id AND m.store_id = $1 AND m.active
      AND (m.claimed_at, m.id) < ($3::timestamptz, $4::uuid)
    ORDER BY m.claimed_at DESC, m.id DESC
    LIMIT $5
  ) AS u
  ORDER BY u.media_id, u.claimed_at DESC, u.id DESC`,
};

/** Before the newest usage. */
const START: KeysetPosition = {
  createdAt: 'infinity',
  id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
};

/** Reads the active usages of files. */
export function createUsageListRepository({ pool }: { pool: pg.Pool }) {
  /** For each file up to `limit` usages that are older than `after`, newest first. */
  async function findPages(
    storeId: string,
    mediaIds: readonly string[],
    { after, limit }: { after: KeysetPosition | null; limit: number },
  ): Promise<UsageRecord[]> {
    const { createdAt, id } = after ?? START;
    const values = [storeId, mediaIds, createdAt, id, limit];
    const { rows } = await pool.query<UsageRecord>({ ...PAGES, values });
    return rows;
  }

  return { findPages };
}
export type UsageListRepository = ReturnType<typeof createUsageListRepository>;
