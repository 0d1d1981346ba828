import type pg from 'pg';

/**
 * How many bytes the store may still add; null without a limit. Bytes of staged uploads count from the start of their
 * PUT, or from the creation of a URL of the storage until it expires. `store` and `limit` are the parameters with the store and with the limit of stores without a separate one.
 */
export const remainingBytes = ({ store, limit }: { store: string; limit: string }) => `(
  coalesce((SELECT quota_bytes FROM stores WHERE id = ${store}), ${limit}::bigint)
  - coalesce((SELECT used_bytes FROM stores WHERE id = ${store}), 0) - staged_bytes(${store})
)`;

const REMAINING_BYTES = `${remainingBytes({ store: '$2', limit: '$3' })} AS "remainingBytes"`;

/**
 * For statements before the commit of an upload: they do not wait for the disk. The commit does, and PostgreSQL writes
 * them before it. A power failure before that ends the upload anyway: its bytes are synced when they are published.
 */
export const WITHOUT_WAITING = `set_config('synchronous_commit', 'off', true)`;

/** Named, so that each connection plans it once. */
const RESERVE = {
  name: 'reserve-upload',
  text: `
  INSERT INTO uploads (id, store_id) SELECT $1, $2 FROM ${WITHOUT_WAITING}
  RETURNING 1 AS number, ${REMAINING_BYTES}`,
};

/** The content number is assigned permanently: concurrent replacements never share objects. */
const RESERVE_REPLACEMENT = {
  name: 'reserve-replacement',
  text: `
  WITH f AS (
    UPDATE media_files SET last_content_number = last_content_number + 1
    WHERE id = $4 AND store_id = $2 AND trashed_at IS NULL
    RETURNING id, last_content_number
  )
  INSERT INTO uploads (id, store_id, media_id, content_number)
  SELECT $1, $2, id, last_content_number FROM f
  RETURNING content_number AS number, ${REMAINING_BYTES}`,
};

/** DONE and PROCESSING stay, so that a caller learns whether its commit succeeded. */
const ABANDON = `
  UPDATE uploads SET state = CASE WHEN state IN ('DONE', 'PROCESSING') THEN state ELSE 'ABANDONED' END
  WHERE id = $1 RETURNING state`;

/**
 * Without uploads that are not being completed: these expire. A staged upload may be reopened by its recovery,
 * so `seen_at` is set and only one process gets it.
 */
const ABANDON_SILENT = `
  UPDATE uploads SET state = 'ABANDONED',
    seen_at = CASE WHEN staged_name IS NULL THEN seen_at ELSE now() END
  WHERE state IN ('RESERVED', 'ABANDONED') AND seen_at < now() - make_interval(secs => $1)
  RETURNING id, store_id AS "storeId", media_id AS "mediaId", content_number AS number,
    staged_name AS "stagedName"`;

/**
 * Bytes that have the id as their name are in the storage, where their client can replace them without notice, and send
 * them again if they are missing.
 */
const REOPEN = `
  UPDATE uploads SET state = CASE WHEN $2 THEN 'STAGED' ELSE 'AWAITED' END::upload_state,
    staged_name = CASE WHEN $2 THEN staged_name END,
    receiving_name = CASE WHEN NOT $2 AND staged_name = id::text THEN staged_name ELSE receiving_name END,
    staged_sha256 = CASE WHEN staged_name = id::text THEN NULL ELSE staged_sha256 END
  WHERE id = $1 AND state = 'ABANDONED' AND expires_at IS NOT NULL`;

const SEEN = `UPDATE uploads SET seen_at = now() WHERE id = ANY($1::uuid[]) AND state = 'RESERVED'`;

const REMOVE = 'DELETE FROM uploads WHERE id = $1';

/** Uploads that returned an existing file may have objects that were written too late. */
const DONE_BEFORE = `
  SELECT id, store_id AS "storeId", staged_name AS "stagedName" FROM uploads
  WHERE state = 'DONE' AND answered_with IS NOT NULL AND seen_at < now() - make_interval(secs => $1)`;

const REMOVE_DONE = `
  DELETE FROM uploads WHERE state = 'DONE' AND answered_with IS NULL
    AND seen_at < now() - make_interval(secs => $1)`;

const REMOVE_KEYS = `
  DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)`;

/** Reserved before the first byte of an upload. */
export interface Reservation {
  /** The id of the new file, unless it replaces the bytes of an existing one. */
  readonly id: string;
  readonly storeId: string;
  /** The file that gets the bytes, and their content number. Null: a new file. */
  readonly replaces: { readonly mediaId: string; readonly number: number } | null;
  /** For a staged upload: the name of its bytes. */
  readonly stagedName?: string | null;
}

interface SilentRow {
  readonly id: string;
  readonly storeId: string;
  readonly mediaId: string | null;
  readonly number: number;
  readonly stagedName: string | null;
}

/** @param quotaBytes the limit of stores without a separate one; null: no limit */
export function createReservationRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  return {
    /** Null if the file to replace does not exist or is in the trash. */
    async reserve({
      id,
      storeId,
      mediaId = null,
    }: {
      id: string;
      storeId: string;
      mediaId?: string | null;
    }): Promise<(Reservation & { remainingBytes: number | null }) | null> {
      const query =
        mediaId === null
          ? { ...RESERVE, values: [id, storeId, quotaBytes] }
          : { ...RESERVE_REPLACEMENT, values: [id, storeId, quotaBytes, mediaId] };
      const { rows } = await pool.query<{ number: number; remainingBytes: string | null }>(query);
      const [row] = rows;
      if (!row) return null;
      const replaces = mediaId === null ? null : { mediaId, number: row.number };
      return {
        id,
        storeId,
        replaces,
        remainingBytes: row.remainingBytes === null ? null : Number(row.remainingBytes),
      };
    },

    /** Afterwards it cannot be committed. False if it already was. */
    async abandon(id: string): Promise<boolean> {
      const { rows } = await pool.query<{ state: string }>(ABANDON, [id]);
      const state = rows[0]?.state;
      return state !== 'DONE' && state !== 'PROCESSING';
    },

    /** Abandons uploads without a heartbeat for that long. Returns all that may have left something. */
    async abandonSilent(silentSeconds: number): Promise<Reservation[]> {
      const { rows } = await pool.query<SilentRow>(ABANDON_SILENT, [silentSeconds]);
      return rows.map(({ mediaId, number, ...row }) => ({
        ...row,
        replaces: mediaId === null ? null : { mediaId, number },
      }));
    },

    /** Lets an abandoned staged upload be completed again, when it has bytes. */
    async reopen(id: string, { hasBytes }: { hasBytes: boolean }): Promise<void> {
      await pool.query(REOPEN, [id, hasBytes]);
    },

    async markSeen(ids: readonly string[]): Promise<void> {
      await pool.query(SEEN, [ids]);
    },

    async remove(id: string): Promise<void> {
      await pool.query(REMOVE, [id]);
    },

    /** Deletes finished uploads and old idempotency keys. Returns uploads that need a clean-up first. */
    async removeDone(olderThanSeconds: number): Promise<Reservation[]> {
      await pool.query(REMOVE_KEYS, [olderThanSeconds]);
      await pool.query(REMOVE_DONE, [olderThanSeconds]);
      const { rows } = await pool.query<Omit<Reservation, 'replaces'>>(DONE_BEFORE, [
        olderThanSeconds,
      ]);
      return rows.map((row) => ({ ...row, replaces: null }));
    },
  };
}
export type ReservationRepository = ReturnType<typeof createReservationRepository>;
