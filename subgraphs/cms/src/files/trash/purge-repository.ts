import { newId } from '@federated-media/subgraph-kit/ids';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import { PURGED_OBJECTS } from '../../platform/jobs/task-names.ts';
import { purgedFields } from '../media-file/change.ts';
import { type FileRow, fileColumns, toMediaFile } from '../../model/file-row.ts';

const LOCK = `
  SELECT ${fileColumns}, '[]'::json AS texts FROM media_files f
  WHERE f.store_id = $1 AND f.id = ANY($2::uuid[])
  ORDER BY f.id FOR UPDATE`;

/**
 * Deletes the row before the objects: the job that deletes the objects is committed together with the row's
 * deletion. A concurrent upload of new bytes for the file finds no row, and removes its own objects.
 */
const PURGE = `
  WITH freed AS (
    SELECT coalesce(sum(file_size), 0) AS bytes FROM (
      SELECT c.file_size FROM media_contents c WHERE c.store_id = $1 AND c.media_id = ANY($2::uuid[])
      UNION ALL
      SELECT f.file_size FROM media_files f
      WHERE f.store_id = $1 AND f.id = ANY($2::uuid[]) AND f.status = 'PROCESSING'
    ) counted
  ), gone AS (
    DELETE FROM media_files f WHERE f.store_id = $1 AND f.id = ANY($2::uuid[]) RETURNING f.id
  ), room AS (
    UPDATE stores SET
      used_bytes = greatest(used_bytes - (SELECT bytes FROM freed), 0),
      file_count = greatest(file_count - (SELECT count(*) FROM gone), 0)
    WHERE id = $1
  ), entry AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, at, changes)
    SELECT entry.id, $1, entry."mediaId", $3, 'purged', clock_timestamp(), entry.changes
    FROM json_to_recordset($4::json) AS entry (id uuid, "mediaId" uuid, changes jsonb)
  )
  SELECT graphile_worker.add_job('${PURGED_OBJECTS}',
    json_build_object('storeId', $1::text, 'mediaId', gone.id), job_key => 'purged ' || gone.id)
  FROM gone`;

const EXPIRED = `
  SELECT f.store_id AS "storeId", array_agg(f.id) AS ids
  FROM (
    SELECT store_id, id FROM media_files
    WHERE trashed_at < $1::timestamptz ORDER BY trashed_at LIMIT $2
  ) f
  GROUP BY f.store_id`;

const COUNT_EXPIRED = `
  SELECT count(*)::int AS count FROM media_files WHERE trashed_at < $1::timestamptz`;

const EXISTS = 'SELECT FROM media_files WHERE store_id = $1 AND id = $2';

export interface Purge {
  readonly storeId: string;
  readonly ids: readonly string[];
  readonly actor: string;
  /** Purges only files that were trashed before. Absent: all that are in the trash. */
  readonly trashedBefore?: Date;
}

export function createPurgeRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Permanently deletes the files that are in the trash. Lists the others as `kept`. */
    purge: ({ storeId, ids, actor, trashedBefore }: Purge) =>
      inTransaction(pool, async (client): Promise<{ purged: string[]; kept: string[] }> => {
        const { rows } = await client.query<FileRow>(LOCK, [storeId, ids]);
        const isDue = ({ trashedAt }: FileRow) =>
          trashedAt !== null && (trashedBefore === undefined || trashedAt < trashedBefore);
        const purged = rows.filter(isDue);
        const purgedIds = purged.map(({ id }) => id);
        if (purged.length > 0) {
          const entries = purged.map((row) => ({
            id: newId(),
            mediaId: row.id,
            changes: purgedFields(toMediaFile(row)),
          }));
          await client.query(PURGE, [storeId, purgedIds, actor, JSON.stringify(entries)]);
        }
        const kept = rows.filter((row) => !isDue(row)).map(({ id }) => id);
        return { purged: purgedIds, kept };
      }),

    /** Up to `limit` files of all stores that were trashed before that time. */
    async findExpired(before: Date, limit: number): Promise<{ storeId: string; ids: string[] }[]> {
      const { rows } = await pool.query<{ storeId: string; ids: string[] }>(EXPIRED, [
        before,
        limit,
      ]);
      return rows;
    },

    async countExpired(before: Date): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(COUNT_EXPIRED, [before]);
      return rows[0]?.count ?? 0;
    },

    async exists(storeId: string, id: string): Promise<boolean> {
      const { rows } = await pool.query(EXISTS, [storeId, id]);
      return rows.length > 0;
    },
  };
}
export type PurgeRepository = ReturnType<typeof createPurgeRepository>;
