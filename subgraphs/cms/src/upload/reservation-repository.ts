import type pg from 'pg';

/** Named: planned once per connection. */
const RESERVE = {
  name: 'reserve-upload',
  text: 'INSERT INTO uploads (id, store_id) VALUES ($1, $2)',
};

/** DONE stays as it is: it is the answer to whoever asks whether its commit was lost. */
const ABANDON = `
  UPDATE uploads SET state = CASE state WHEN 'DONE' THEN state ELSE 'ABANDONED' END
  WHERE id = $1 RETURNING state`;

const ABANDON_SILENT = `
  UPDATE uploads SET state = 'ABANDONED'
  WHERE state <> 'DONE' AND seen_at < now() - make_interval(secs => $1)
  RETURNING id, store_id AS "storeId"`;

const SEEN = `UPDATE uploads SET seen_at = now() WHERE id = ANY($1::uuid[]) AND state = 'RESERVED'`;

const REMOVE = 'DELETE FROM uploads WHERE id = $1';

const REMOVE_DONE = `
  DELETE FROM uploads WHERE state = 'DONE' AND seen_at < now() - make_interval(secs => $1)`;

/** A place kept for a file that is on its way. */
export interface Reservation {
  /** The file's id to be. */
  readonly id: string;
  readonly storeId: string;
}

export function createReservationRepository({ pool }: { pool: pg.Pool }) {
  return {
    async reserve({ id, storeId }: Reservation): Promise<void> {
      await pool.query({ ...RESERVE, values: [id, storeId] });
    },

    /** From here on it can't be committed. False when it already was. */
    async abandon(id: string): Promise<boolean> {
      const { rows } = await pool.query<{ state: string }>(ABANDON, [id]);
      return rows[0]?.state !== 'DONE';
    },

    /** Abandons those nobody has vouched for in a while, and names all that still have leftovers. */
    async abandonSilent(silentSeconds: number): Promise<Reservation[]> {
      const { rows } = await pool.query<Reservation>(ABANDON_SILENT, [silentSeconds]);
      return rows;
    },

    async markSeen(ids: readonly string[]): Promise<void> {
      await pool.query(SEEN, [ids]);
    },

    async remove(id: string): Promise<void> {
      await pool.query(REMOVE, [id]);
    },

    async removeDone(olderThanSeconds: number): Promise<void> {
      await pool.query(REMOVE_DONE, [olderThanSeconds]);
    },
  };
}
export type ReservationRepository = ReturnType<typeof createReservationRepository>;
