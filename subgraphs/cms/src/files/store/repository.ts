import type pg from 'pg';

const QUOTA = `
  SELECT used_bytes AS "usedBytes", quota_bytes AS "limitBytes", file_count AS "fileCount"
  FROM stores WHERE id = $1`;

export interface Quota {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  readonly fileCount: number;
}

/** Sizes are bigint, which pg hands over as text. */
interface QuotaRow {
  readonly usedBytes: string;
  readonly limitBytes: string | null;
  readonly fileCount: number;
}

/** @param quotaBytes of stores that have no limit of their own; null: none */
export function createStoreRepository({
  pool,
  quotaBytes,
}: {
  pool: pg.Pool;
  quotaBytes: number | null;
}) {
  return {
    /** A store nobody has seen yet holds nothing. */
    async quota(storeId: string): Promise<Quota> {
      const { rows } = await pool.query<QuotaRow>(QUOTA, [storeId]);
      const [row] = rows;
      return {
        usedBytes: Number(row?.usedBytes ?? 0),
        limitBytes: row?.limitBytes ? Number(row.limitBytes) : quotaBytes,
        fileCount: row?.fileCount ?? 0,
      };
    },
  };
}
export type StoreRepository = ReturnType<typeof createStoreRepository>;
