import type pg from 'pg';

/** One that is being sent is due again when its process has ended without a result. */
const LEASE_SECONDS = 60;
const BATCH = 100;

const TAKE = `
  UPDATE ended_media SET due_at = now() + make_interval(secs => ${LEASE_SECONDS})
  WHERE id IN (
    SELECT id FROM ended_media WHERE due_at <= now()
    ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
  )
  RETURNING id, store_id AS "storeId", media_id AS "mediaId"`;

/** After its last request a row is deleted. `$2` are the seconds from the end of the URLs to each request. */
const SENT = `
  WITH done AS (
    DELETE FROM ended_media WHERE id = ANY($1::bigint[]) AND sent + 1 >= cardinality($2::int[])
  )
  UPDATE ended_media SET sent = sent + 1, failures = 0,
    due_at = ended_at + make_interval(secs => ($2::int[])[sent + 2])
  WHERE id = ANY($1::bigint[]) AND sent + 1 < cardinality($2::int[])`;

const FAILED = `
  UPDATE ended_media SET failures = least(failures + 1, 100),
    due_at = now() + make_interval(secs => least(10 * 2 ^ least(failures, 10), 3600))
  WHERE id = ANY($1::bigint[])`;

const FORGET = `
  DELETE FROM ended_media WHERE id IN (
    SELECT id FROM ended_media WHERE ended_at < now() - make_interval(secs => $1) LIMIT 10000
  )`;

export interface EndedFile {
  readonly id: string;
  readonly storeId: string;
  readonly mediaId: string;
}

/** Files whose URLs have ended and that the CDN may still serve. */
export function createEndedMediaRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Up to 100 files that are due. Another process receives them again after a minute without a result. */
    async take(): Promise<readonly EndedFile[]> {
      const { rows } = await pool.query<EndedFile>(TAKE);
      return rows;
    },

    /** @param times seconds from the end of the URLs to each request, in ascending order */
    async recordSent(files: readonly EndedFile[], times: readonly number[]): Promise<void> {
      await pool.query(SENT, [files.map(({ id }) => id), times]);
    },

    /** They are due again after 10 seconds, and after each further failure later, at most an hour. */
    async recordFailure(files: readonly EndedFile[]): Promise<void> {
      await pool.query(FAILED, [files.map(({ id }) => id)]);
    },

    /** Deletes up to 10,000 older rows, sent or not. Returns how many. */
    async forget(olderThanSeconds: number): Promise<number> {
      const { rowCount } = await pool.query(FORGET, [olderThanSeconds]);
      return rowCount ?? 0;
    },
  };
}
export type EndedMediaRepository = ReturnType<typeof createEndedMediaRepository>;
