import { newId } from '@federated-media/subgraph-kit/ids';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import { countsOf } from '../counts/counts-sql.ts';
import { below, inTree } from './tree-sql.ts';

/** Folders that a list contains, and that a store can create. */
export const MAX_FOLDERS = 10_000;
/** Files that one change moves. More would take longer than a request may. */
export const MAX_MOVED = 10_000;

export interface FolderRow {
  readonly path: string;
  /** Of the files directly in it, without the trash. */
  readonly mediaCount: number;
}

const hasFiles = (folder: string) => `EXISTS (
    SELECT FROM media_files WHERE store_id = $1 AND trashed_at IS NULL AND ${inTree('folder', folder)}
  )`;
const exists = (folder: string) => `(${hasFiles(folder)} OR EXISTS (
    SELECT FROM media_folders WHERE store_id = $1 AND ${inTree('path', folder)}
  ))`;

/**
 * Lists every folder with those above it. Parents sort before their children, so that a list that is cut off is still a
 * tree.
 */
const LIST = `
  WITH counted AS (
    SELECT name AS folder, count FROM (${countsOf('FOLDER')}) kept
    UNION ALL
    SELECT path, 0 FROM media_folders WHERE store_id = $1
  ), paths AS (
    SELECT array_to_string(names[1:depth], '/') AS path,
      CASE WHEN depth = cardinality(names) THEN count ELSE 0 END AS count
    FROM counted, string_to_array(folder, '/') names, generate_series(1, cardinality(names)) depth
  )
  SELECT path, sum(count)::int AS "mediaCount" FROM paths
  GROUP BY path ORDER BY path COLLATE "C" LIMIT ${MAX_FOLDERS}`;

const CREATE = `
  WITH found AS (
    SELECT ${exists('$2')} AS "isTaken",
      (SELECT count(*) FROM media_folders WHERE store_id = $1) >= ${MAX_FOLDERS} AS "isFull"
  ), created AS (
    INSERT INTO media_folders (store_id, path) SELECT $1, $2 FROM found WHERE NOT "isTaken" AND NOT "isFull"
    ON CONFLICT DO NOTHING
    RETURNING path
  )
  SELECT CASE WHEN EXISTS (SELECT FROM created) THEN 'done' WHEN "isTaken" OR NOT "isFull" THEN 'exists'
    ELSE 'full' END AS outcome FROM found`;

const DELETE = `
  WITH found AS (
    SELECT ${hasFiles('$2')} OR EXISTS (
        SELECT FROM media_folders WHERE store_id = $1 AND ${below('path', '$2')}
      ) AS "isInUse"
  ), deleted AS (
    DELETE FROM media_folders USING found WHERE store_id = $1 AND path = $2 AND NOT "isInUse" RETURNING path
  )
  SELECT CASE WHEN EXISTS (SELECT FROM deleted) THEN 'done' WHEN "isInUse" THEN 'in use'
    ELSE 'unknown' END AS outcome FROM found`;

/** Renames of one store wait for each other: each may move what another one has just moved. */
const QUEUE = `SELECT pg_advisory_xact_lock(hashtextextended('media folders ' || $1, 0))`;

/** The files of a tree. Live files and the trash have separate indexes. */
const filesOf = (columns: string, folder: string) => `
  SELECT ${columns} FROM media_files f
  WHERE f.store_id = $1 AND f.trashed_at IS NULL AND ${inTree('f.folder', folder)}
  UNION ALL
  SELECT ${columns} FROM media_files f
  WHERE f.store_id = $1 AND f.trashed_at IS NOT NULL AND ${inTree('f.folder', folder)}`;

const LOOK = `
  SELECT ${exists('$2')} AS "isKnown", ${exists('$3')} AS "isTaken",
    max(char_length(path)) AS "longest", max(cardinality(string_to_array(path, '/'))) AS "deepest"
  FROM (
    SELECT DISTINCT folder AS path FROM (${filesOf('f.folder', '$2')}) files
    UNION ALL SELECT path FROM media_folders WHERE store_id = $1 AND ${inTree('path', '$2')}
  ) paths`;

/** In the order of ids, as all changes of files lock them. */
const LOCK = `
  SELECT id FROM media_files WHERE store_id = $1 AND id IN (
    SELECT id FROM (${filesOf('f.id', '$2')}) files LIMIT ${MAX_MOVED + 1}
  )
  ORDER BY id FOR NO KEY UPDATE`;

const moved = (column: string) => `$3 || substr(${column}, char_length($2) + 1)`;

const MOVE = `
  WITH folders AS (
    UPDATE media_folders SET path = ${moved('path')} WHERE store_id = $1 AND ${inTree('path', '$2')}
  ), moved AS (
    UPDATE media_files f SET folder = ${moved('before.folder')}, version = f.version + 1,
      updated_at = statement_timestamp()
    FROM (
      SELECT given.audit_id, file.id, file.folder
      FROM unnest($4::uuid[], $5::uuid[]) AS given (id, audit_id) JOIN media_files file ON file.id = given.id
      WHERE file.store_id = $1 AND ${inTree('file.folder', '$2')}
    ) before
    WHERE f.id = before.id AND f.store_id = $1
    RETURNING before.audit_id, f.id, before.folder AS old_folder, f.folder, f.trashed_at
  ), entry AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, at, changes)
    SELECT audit_id, $1, id, $6, 'updated', statement_timestamp(),
      jsonb_build_array(jsonb_build_object('field', 'folder', 'before', old_folder, 'after', folder))
    FROM moved
  )
  SELECT count(*)::int AS "mediaCount" FROM moved WHERE folder = $3 AND trashed_at IS NULL`;

export interface Rename {
  readonly path: string;
  readonly newPath: string;
  readonly maxLength: number;
  readonly maxLevels: number;
  /** The subject of the caller's token. */
  readonly actor: string;
}

export type RenameOutcome =
  | { readonly outcome: 'done'; readonly mediaCount: number }
  | { readonly outcome: 'unknown' | 'exists' | 'too long' | 'too deep' | 'too many' };

export function createFolderRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Sorted by path. Includes parents that contain only folders. */
    async list(storeId: string): Promise<FolderRow[]> {
      return (await pool.query<FolderRow>(LIST, [storeId])).rows;
    },

    async create(storeId: string, path: string): Promise<'done' | 'exists' | 'full'> {
      const { rows } = await pool.query<{ outcome: 'done' | 'exists' | 'full' }>(CREATE, [
        storeId,
        path,
      ]);
      return rows[0]?.outcome ?? 'exists';
    },

    async delete(storeId: string, path: string): Promise<'done' | 'in use' | 'unknown'> {
      const { rows } = await pool.query<{ outcome: 'done' | 'in use' | 'unknown' }>(DELETE, [
        storeId,
        path,
      ]);
      return rows[0]?.outcome ?? 'unknown';
    },

    /** Moves the files and folders at and below `path`, logs the change of each file, and changes nothing otherwise. */
    rename: (
      storeId: string,
      { path, newPath, maxLength, maxLevels, actor }: Rename,
    ): Promise<RenameOutcome> =>
      inTransaction(
        pool,
        async (client): Promise<RenameOutcome> => {
          await client.query(QUEUE, [storeId]);
          let files = await lock(client, { storeId, path });
          if (files.length > MAX_MOVED) return { outcome: 'too many' };
          const { rows } = await client.query<{
            isKnown: boolean;
            isTaken: boolean;
            longest: number | null;
            deepest: number | null;
          }>(LOOK, [storeId, path, newPath]);
          const [look] = rows;
          if (!look?.isKnown) return { outcome: 'unknown' };
          if (look.isTaken) return { outcome: 'exists' };
          const longer = [...newPath].length - [...path].length;
          if ((look.longest ?? 0) + longer > maxLength) return { outcome: 'too long' };
          const deeper = newPath.split('/').length - path.split('/').length;
          if ((look.deepest ?? 0) + deeper > maxLevels) return { outcome: 'too deep' };
          let mediaCount = 0;
          // Again, for files that came in the meantime: afterwards the folder is gone.
          do {
            mediaCount += await move(client, { storeId, path, newPath, actor, files });
            files = await lock(client, { storeId, path });
          } while (files.length > 0);
          return { outcome: 'done', mediaCount };
        },
        { retryTaken: true },
      ),
  };
}
export type FolderRepository = ReturnType<typeof createFolderRepository>;

interface Tree {
  readonly storeId: string;
  readonly path: string;
}

async function lock(client: pg.PoolClient, { storeId, path }: Tree): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(LOCK, [storeId, path]);
  return rows.map(({ id }) => id);
}

/** Moves these files, and all created folders. Returns how many are directly in the folder, without the trash. */
async function move(
  client: pg.PoolClient,
  {
    storeId,
    path,
    newPath,
    actor,
    files,
  }: Tree & Pick<Rename, 'newPath' | 'actor'> & { files: readonly string[] },
): Promise<number> {
  const auditIds = files.map(() => newId());
  const values = [storeId, path, newPath, files, auditIds, actor];
  const { rows } = await client.query<{ mediaCount: number }>(MOVE, values);
  return rows[0]?.mediaCount ?? 0;
}
