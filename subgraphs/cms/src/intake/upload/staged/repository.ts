import type pg from 'pg';
import { detailColumns } from '../../../model/media-file-columns.ts';
import type { CommitOptions } from '../../commit/repository.ts';
import type { Reservation } from '../../reservations/repository.ts';

const CREATE = `
  INSERT INTO uploads (
    id, store_id, state, original_filename, declared_mime_type, declared_size, declared_checksum, expires_at
  )
  SELECT id, $1, 'AWAITED', filename, mime_type, size, checksum, $7
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[])
    AS given (id, filename, mime_type, size, checksum)
  WHERE cardinality($2::uuid[]) + (
    SELECT count(*) FROM uploads
    WHERE store_id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now()
  ) <= $8`;

/** Open uploads per store. Without a limit they could fill the disk. */
export const MAX_OPEN = 200;

const COLUMNS = `
  id, state, original_filename AS "originalFilename", declared_mime_type AS "declaredMimeType",
  declared_checksum AS "declaredChecksum", expires_at <= now() AS "isExpired", staged_name AS "stagedName",
  staged_size AS "stagedSize", staged_sha256 AS "stagedSha256", answered_with AS "answeredWith"`;

const FIND = `
  SELECT ${COLUMNS} FROM uploads WHERE store_id = $1 AND id = $2 AND expires_at IS NOT NULL`;

/** Not scoped by store: the signature of the URL was verified, and it names one upload. */
const FIND_OPEN = `
  SELECT declared_checksum AS checksum FROM uploads
  WHERE id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now()`;

const RECORD = `
  UPDATE uploads u SET state = 'STAGED', staged_name = $2, staged_size = $3, staged_sha256 = $4
  FROM (
    SELECT id, staged_name FROM uploads
    WHERE id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now() FOR UPDATE
  ) before
  WHERE u.id = before.id
  RETURNING before.staged_name AS replaced`;

const CLAIM = `
  UPDATE uploads SET state = 'RESERVED', seen_at = now()
  WHERE store_id = $1 AND id = $2 AND staged_name = $3 AND state = 'STAGED' AND expires_at > now()
  RETURNING ${COLUMNS}`;

/** `admit_upload` gets no upload here: it waits for others with the same key or bytes, then looks for their result. */
const COMPLETE_WITH_EXISTING = `
  WITH admitted AS MATERIALIZED (
    SELECT outcome, (existing).id AS file
    FROM admit_upload(NULL, $1, 0, NULL, $4, $5, $6, $7, $8, $9::media_visibility)
  ), upload AS (
    UPDATE uploads u SET state = 'DONE', answered_with = a.file, seen_at = now() FROM admitted a
    WHERE u.store_id = $1 AND u.id = $2 AND u.state IN ('AWAITED', 'STAGED')
      AND a.outcome IN ('reused', 'replayed') AND a.file = $3
    RETURNING a.outcome, u.staged_name AS "stagedName"
  ), remembered AS (
    INSERT INTO idempotency_keys (store_id, key, mutation, fingerprint, media_id, reused)
    SELECT $1, $5, $4, $6, $3, true FROM upload WHERE outcome = 'reused' AND $5::text IS NOT NULL
    ON CONFLICT (store_id, key) DO UPDATE SET mutation = excluded.mutation,
      fingerprint = excluded.fingerprint, media_id = excluded.media_id, reused = excluded.reused,
      created_at = now()
  )
  SELECT "stagedName" FROM upload`;

const EXPIRE = `
  UPDATE uploads u SET state = 'AWAITED', staged_name = NULL
  FROM (
    SELECT id, staged_name FROM uploads WHERE state = 'STAGED' AND expires_at <= now() FOR UPDATE
  ) before
  WHERE u.id = before.id
  RETURNING before.staged_name AS name`;

const REMOVE_EXPIRED = `
  DELETE FROM uploads WHERE state = 'AWAITED' AND expires_at < now() - interval '1 day'`;

export interface AwaitedFile {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly fileSize: number;
  readonly checksum: string | null;
}

export interface StagedUploadRecord {
  readonly id: string;
  readonly state: 'AWAITED' | 'STAGED' | 'RESERVED' | 'ABANDONED' | 'DONE';
  readonly originalFilename: string;
  readonly declaredMimeType: string;
  readonly declaredChecksum: string | null;
  readonly isExpired: boolean;
  readonly stagedName: string | null;
  /** bigint, which pg returns as text. */
  readonly stagedSize: string | null;
  readonly stagedSha256: string | null;
  readonly answeredWith: string | null;
}

export function createStagedUploadRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Creates all, or none and returns false if the store has too many open uploads. */
    async create(
      storeId: string,
      files: readonly AwaitedFile[],
      expiresAt: Date,
    ): Promise<boolean> {
      const { rowCount } = await pool.query(CREATE, [
        storeId,
        files.map(({ id }) => id),
        files.map(({ filename }) => filename),
        files.map(({ mimeType }) => mimeType),
        files.map(({ fileSize }) => fileSize),
        files.map(({ checksum }) => checksum),
        expiresAt,
        MAX_OPEN,
      ]);
      return rowCount === files.length;
    },

    async find(storeId: string, id: string): Promise<StagedUploadRecord | null> {
      const { rows } = await pool.query<StagedUploadRecord>(FIND, [storeId, id]);
      return rows[0] ?? null;
    },

    /** Null when it accepts no bytes any more. */
    async findOpen(id: string): Promise<{ checksum: string | null } | null> {
      const { rows } = await pool.query<{ checksum: string | null }>(FIND_OPEN, [id]);
      return rows[0] ?? null;
    },

    /** Records bytes that arrived completely. Returns the name of those they replace. Null: too late. */
    async record(
      id: string,
      { name, byteSize, sha256 }: { name: string; byteSize: number; sha256: string },
    ): Promise<{ replaced: string | null } | null> {
      const values = [id, name, byteSize, sha256];
      const { rows } = await pool.query<{ replaced: string | null }>(RECORD, values);
      return rows[0] ?? null;
    },

    /**
     * Of several concurrent completions, one gets the upload; its bytes are then fixed. Null for the others,
     * and if the bytes of `stagedName` were replaced in the meantime.
     */
    async claim(
      storeId: string,
      { id, stagedName }: Pick<StagedUploadRecord, 'id' | 'stagedName'>,
    ): Promise<{ upload: StagedUploadRecord; reservation: Reservation } | null> {
      const { rows } = await pool.query<StagedUploadRecord>(CLAIM, [storeId, id, stagedName]);
      const [upload] = rows;
      if (!upload) return null;
      return { upload, reservation: { id, storeId, replaces: null, stagedName } };
    },

    /** Completes the upload with an existing file and stores its key, if any. Null: it changed in the meantime. */
    async completeWithExisting(
      mediaId: string,
      { id, checksum, options }: { id: string; checksum: string | null; options: CommitOptions },
    ): Promise<{ stagedName: string | null } | null> {
      const { storeId, mutation, retry, onDuplicate, details } = options;
      const { rows } = await pool.query<{ stagedName: string | null }>(COMPLETE_WITH_EXISTING, [
        storeId,
        id,
        mediaId,
        mutation,
        retry?.key,
        retry?.fingerprint,
        onDuplicate,
        checksum,
        details.visibility ?? detailColumns.visibility.initial,
      ]);
      return rows[0] ?? null;
    },

    /** Expires uploads and returns the names of their bytes. Deletes uploads that expired a day ago. */
    async expire(): Promise<string[]> {
      await pool.query(REMOVE_EXPIRED);
      const { rows } = await pool.query<{ name: string }>(EXPIRE);
      return rows.map(({ name }) => name);
    },
  };
}
export type StagedUploadRepository = ReturnType<typeof createStagedUploadRepository>;
