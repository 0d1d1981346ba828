import type pg from 'pg';

/** Few enough for a short transaction. */
const BATCH = 10_000;

export function createCountRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Adds up to 10,000 changes to the counts. Returns how many; 0 also while another process does so. */
    async fold(): Promise<number> {
      const { rows } = await pool.query<{ folded: number }>(
        'SELECT fold_media_counts($1) AS folded',
        [BATCH],
      );
      return rows[0]?.folded ?? 0;
    },
  };
}
export type CountRepository = ReturnType<typeof createCountRepository>;
