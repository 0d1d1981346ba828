import type pg from 'pg';
import type { SeenSnapshot } from './cursor.ts';

/** A cursor that is older starts over. Rows are kept for longer. */
const CURSOR_SECONDS = 60 * 60;
/** A reader removes everything if more files changed. */
const MAX_FILES = 1_000;

/**
 * The rows that are committed now and were not in the reader's snapshot: none is missed or held back by a slow
 * transaction, as in a feed in the order of ids or transactions. A snapshot of another epoch, or from a future that
 * this database has lost, means nothing here.
 */
const READ = {
  name: 'read-media-invalidations',
  text: `
  WITH now_seen AS (
    SELECT epoch, pg_current_snapshot() AS snapshot, floor(extract(epoch FROM now()))::bigint AS taken_at
    FROM media_feed
  ), reader AS (
    SELECT epoch, snapshot, taken_at, coalesce(
      epoch = $1::uuid AND pg_snapshot_xmax($2::pg_snapshot) <= pg_snapshot_xmax(snapshot)
      AND $3::bigint > taken_at - ${CURSOR_SECONDS}, false) AS goes_on
    FROM now_seen
  )
  SELECT reader.epoch, reader.snapshot::text, reader.taken_at::text AS "takenAt", reader.goes_on AS "goesOn",
    changed.store_id AS "storeId", changed.media_id AS "mediaId"
  FROM reader LEFT JOIN LATERAL (
    SELECT DISTINCT store_id, media_id FROM media_invalidations i
    WHERE reader.goes_on AND i.xid >= pg_snapshot_xmin($2::pg_snapshot)
      AND NOT pg_visible_in_snapshot(i.xid, $2::pg_snapshot)
    LIMIT ${MAX_FILES + 1}
  ) AS changed ON true`,
};

const FORGET = `
  DELETE FROM media_invalidations WHERE id IN (
    SELECT id FROM media_invalidations WHERE occurred_at < now() - make_interval(secs => $1)
    LIMIT 10000
  )`;

export interface InvalidationsRead {
  readonly files: readonly { readonly storeId: string; readonly mediaId: string }[];
  /** Any file may have changed. */
  readonly everything: boolean;
  readonly seen: SeenSnapshot;
}

type Row = SeenSnapshot & { readonly goesOn: boolean } & (
    | { readonly storeId: string; readonly mediaId: string }
    | { readonly storeId: null; readonly mediaId: null }
  );

export function createInvalidationRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** The files of all stores that changed since `after`. */
    async read(after: SeenSnapshot | null): Promise<InvalidationsRead> {
      const { epoch, snapshot, takenAt } = after ?? { epoch: null, snapshot: null, takenAt: null };
      const { rows } = await pool.query<Row>({ ...READ, values: [epoch, snapshot, takenAt] });
      const [first] = rows;
      if (!first) throw new Error('The table media_feed is empty. It must have one row.');
      const { goesOn, storeId: _store, mediaId: _media, ...seen } = first;
      const everything = !goesOn || rows.length > MAX_FILES;
      const files = everything
        ? []
        : rows.flatMap(({ storeId, mediaId }) => (storeId === null ? [] : [{ storeId, mediaId }]));
      return { files, everything, seen };
    },

    /** Deletes up to 10,000 older rows. Returns how many. */
    async forget(olderThanSeconds: number): Promise<number> {
      const { rowCount } = await pool.query(FORGET, [olderThanSeconds]);
      return rowCount ?? 0;
    },
  };
}
export type InvalidationRepository = ReturnType<typeof createInvalidationRepository>;
