import type pg from 'pg';

/** The latest message about one usage, and the state of its file. */
export interface ClaimRecord {
  readonly usageId: string;
  readonly storeId: string;
  readonly mediaId: string;
  readonly claimVersion: number;
  readonly active: boolean;
  readonly label: string | null;
  readonly url: string | null;
  readonly mediaVersion: number;
  readonly trashed: boolean;
}

/** The position of a claim among those of its consumer. */
export type ClaimPosition = Pick<ClaimRecord, 'storeId' | 'usageId'>;

/** In the order of the primary key, so that a page costs the same at any depth. */
const PAGE = {
  name: 'page-of-claims',
  text: `
  SELECT u.usage_id AS "usageId", u.store_id AS "storeId", u.media_id AS "mediaId",
    u.claim_version::float8 AS "claimVersion", u.active, u.label, u.url, f.version AS "mediaVersion",
    f.trashed_at IS NOT NULL AS trashed
  FROM (
    SELECT * FROM media_usages
    WHERE consumer = $1 AND (store_id, usage_id) > ($2, $3)
    ORDER BY store_id, usage_id LIMIT $4
  ) AS u
  JOIN media_files f ON f.id = u.media_id
  ORDER BY u.store_id, u.usage_id`,
};

const START: ClaimPosition = { storeId: '', usageId: '' };

/** Reads the claims of one consumer, in all stores. */
export function createClaimsRepository({ pool }: { pool: pg.Pool }) {
  return {
    async findPage(
      consumer: string,
      { after, limit }: { after: ClaimPosition | null; limit: number },
    ): Promise<ClaimRecord[]> {
      const { storeId, usageId } = after ?? START;
      const values = [consumer, storeId, usageId, limit];
      return (await pool.query<ClaimRecord>({ ...PAGE, values })).rows;
    },
  };
}
export type ClaimsRepository = ReturnType<typeof createClaimsRepository>;
