import type pg from 'pg';
import type { MediaChangeKind } from '../../generated/prisma/enums.ts';
import type { FeedPosition } from './cursor.ts';

const READ = {
  name: 'read-media-changes',
  text: `
  SELECT epoch, start_id AS "startId", is_held_back AS "isHeldBack", id, kind, store_id AS "storeId",
    media_id AS "mediaId", version, occurred_at AS "occurredAt"
  FROM read_media_changes($1, $2, $3)`,
};

/** A cursor may point beyond the last id that a restored database has. In a new epoch it starts over. */
const RENEW_EPOCH = `
  UPDATE media_feed SET epoch = gen_random_uuid(), home = media_feed_home()
  WHERE home <> media_feed_home()`;

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
  /** Whether there are changes that cannot be read until a transaction that writes to the feed ends. */
  readonly isHeldBack: boolean;
}

type Row = { epoch: string; startId: string; isHeldBack: boolean } & (ChangeRecord | { id: null });

export function createChangeFeedRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Up to `limit` changes of all stores after a position, in the order of their ids. */
    async read(after: FeedPosition | null, limit: number): Promise<ChangesRead> {
      const { epoch, id } = after ?? { epoch: null, id: '0' };
      const { rows } = await pool.query<Row>({ ...READ, values: [epoch, id, limit] });
      const [first] = rows;
      if (!first) throw new Error('The table media_feed is empty. It must have one row.');
      const changes = rows.flatMap((row) => (row.id === null ? [] : [row]));
      const position = { epoch: first.epoch, id: changes.at(-1)?.id ?? first.startId };
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
