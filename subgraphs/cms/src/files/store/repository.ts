import type pg from 'pg';

const QUOTA = `
  SELECT used_bytes AS "usedBytes", quota_bytes AS "limitBytes", file_count AS "fileCount"
  FROM stores WHERE id = $1`;

const SET_QUOTA = `
  INSERT INTO stores (id, quota_bytes) VALUES ($1, $2)
  ON CONFLICT (id) DO UPDATE SET quota_bytes = excluded.quota_bytes`;

export interface Quota {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  readonly fileCount: number;
}

/** Sizes are bigint, which pg returns as text. */
interface QuotaRow {
  readonly usedBytes: string;
  readonly limitBytes: string | null;
  readonly fileCount: number;
}

/** @param quotaBytes the limit of stores without a separate one; null: no limit */
export function createStoreRepository({
  pool,
  quotaBytes,
}: {
  pool: pg.Pool;
  quotaBytes: number | null;
}) {
  return {
    /** A limit for one store; null: that of all stores. Also for a store that has no files yet. */
    async setQuota(storeId: string, bytes: number | null): Promise<void> {
      await pool.query(SET_QUOTA, [storeId, bytes]);
    },

    /** An unknown store has no files. */
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
