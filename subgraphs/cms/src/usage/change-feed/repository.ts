import type pg from 'pg';
import type { MediaChangeKind } from '../../generated/prisma/enums.ts';
import type { FeedPosition } from './cursor.ts';

/**
 * A change gets its id before its transaction commits, so a reader that followed ids would skip the changes
 * of a slow transaction. Changes are read in the order of transaction and id, up to the oldest transaction
 * that is still running. A position from another epoch, or from a future that this database has lost,
 * starts from the beginning.
 */
const READ = {
  name: 'read-media-changes',
  text: `
  WITH feed AS (
    SELECT epoch, pg_snapshot_xmin(pg_current_snapshot()) AS horizon,
      epoch = $1::uuid AND $2::xid8 < pg_snapshot_xmax(pg_current_snapshot()) AS goes_on
    FROM media_feed
  ), start AS (
    SELECT epoch, horizon, CASE WHEN goes_on THEN $2::xid8 ELSE '0'::xid8 END AS xid,
      CASE WHEN goes_on THEN $3::bigint ELSE 0 END AS id
    FROM feed
  )
  SELECT start.epoch, start.xid::text AS "startXid", start.id::text AS "startId",
    EXISTS (SELECT FROM media_changes c WHERE c.xid >= start.horizon) AS "isHeldBack",
    c.id, c.xid::text, c.kind, c.store_id AS "storeId", c.media_id AS "mediaId", c.version,
    c.occurred_at AS "occurredAt"
  FROM start LEFT JOIN LATERAL (
    SELECT * FROM media_changes m
    WHERE (m.xid, m.id) > (start.xid, start.id) AND m.xid < start.horizon
    ORDER BY m.xid, m.id
    LIMIT $4
  ) AS c ON true
  ORDER BY c.xid, c.id`,
};

/** Transaction ids of another server may be in the future of this one, where they would not be read. */
const RENEW_EPOCH = `
  WITH moved AS (
    UPDATE media_feed SET epoch = gen_random_uuid(), home = media_feed_home()
    WHERE home <> media_feed_home()
    RETURNING epoch
  )
  UPDATE media_changes SET xid = '0' WHERE EXISTS (SELECT FROM moved)`;

const FORGET = `
  DELETE FROM media_changes WHERE id IN (
    SELECT id FROM media_changes WHERE occurred_at < now() - make_interval(secs => $1)
    ORDER BY occurred_at
    LIMIT 10000
  )`;

export interface ChangeRecord {
  readonly id: string;
  readonly kind: MediaChangeKind;
  readonly storeId: string;
  readonly mediaId: string;
  readonly version: number;
  readonly occurredAt: Date;
}

export interface ChangesRead {
  readonly changes: readonly ChangeRecord[];
  /** After the last of them, or where reading started. */
  readonly position: FeedPosition;
  /** Whether there are changes that cannot be read until a running transaction ends. */
  readonly isHeldBack: boolean;
}

type Row = { epoch: string; startXid: string; startId: string; isHeldBack: boolean } & (
  | (ChangeRecord & { xid: string })
  | { id: null }
);

export function createChangeFeedRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Up to `limit` changes of all stores after a position. */
    async read(after: FeedPosition | null, limit: number): Promise<ChangesRead> {
      const { epoch, xid, id } = after ?? { epoch: null, xid: '0', id: '0' };
      const { rows } = await pool.query<Row>({ ...READ, values: [epoch, xid, id, limit] });
      const [first] = rows;
      if (!first) throw new Error('The table media_feed is empty. It must have one row.');
      const changes = rows.flatMap((row) => (row.id === null ? [] : [row]));
      const { xid: lastXid, id: lastId } = changes.at(-1) ?? {
        xid: first.startXid,
        id: first.startId,
      };
      const position = { epoch: first.epoch, xid: lastXid, id: lastId };
      return { changes, position, isHeldBack: first.isHeldBack };
    },

    /** Starts a new epoch if the database was moved to another server or restored to another timeline. */
    async renewEpochIfMoved(): Promise<void> {
      await pool.query(RENEW_EPOCH);
    },

    /** Deletes up to 10,000 older changes. Returns how many. */
    async forget(olderThanSeconds: number): Promise<number> {
      const { rowCount } = await pool.query(FORGET, [olderThanSeconds]);
      return rowCount ?? 0;
    },
  };
}
export type ChangeFeedRepository = ReturnType<typeof createChangeFeedRepository>;
