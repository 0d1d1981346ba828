import type pg from 'pg';
import { detailColumns } from '../../../model/media-file-columns.ts';
import type { CommitOptions } from '../../commit/repository.ts';
import {
  type Reservation,
  WITHOUT_WAITING,
  remainingBytes,
} from '../../reservations/repository.ts';

/** Creates those that fit into the store's quota: all of them or, if it has too many open uploads, none. */
const CREATE = {
  name: 'create-staged-uploads',
  text: `
  WITH room AS (
    SELECT ${remainingBytes({ store: '$1', limit: '$9' })} AS bytes
  ), fitting AS (
    SELECT given.* FROM room, unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[])
      AS given (id, filename, mime_type, size, checksum)
    WHERE room.bytes IS NULL OR size <= room.bytes
  ), created AS (
    INSERT INTO uploads (
      id, store_id, state, original_filename, declared_mime_type, declared_size, declared_checksum, expires_at
    )
    SELECT id, $1, 'AWAITED', filename, mime_type, size, checksum, $7 FROM fitting, ${WITHOUT_WAITING}
    WHERE (SELECT count(*) FROM fitting) + (
      SELECT count(*) FROM uploads
      WHERE store_id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now()
    ) <= $8
    RETURNING id
  )
  SELECT (SELECT bytes FROM room) AS "remainingBytes", ARRAY(SELECT id FROM created) AS ids`,
};

/** Open uploads per store. Without a limit they could fill the disk. */
export const MAX_OPEN = 200;

const COLUMNS = `
  id, state, original_filename AS "originalFilename", declared_mime_type AS "declaredMimeType",
  declared_checksum AS "declaredChecksum", expires_at <= now() AS "isExpired", staged_name AS "stagedName",
  staged_size AS "stagedSize", staged_sha256 AS "stagedSha256", answered_with AS "answeredWith"`;

const FIND = {
  name: 'find-staged-upload',
  text: `SELECT ${COLUMNS} FROM uploads WHERE store_id = $1 AND id = $2 AND expires_at IS NOT NULL`,
};

/** Not scoped by store: the signature of the URL was verified, and it names one upload. */
const FIND_OPEN = {
  name: 'find-open-upload',
  text: `
  SELECT declared_checksum AS checksum FROM uploads
  WHERE id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now()`,
};

const RECORD = {
  name: 'record-staged-bytes',
  text: `
  UPDATE uploads u SET state = 'STAGED', staged_name = $2, staged_size = $3, staged_sha256 = $4
  FROM ${WITHOUT_WAITING}, (
    SELECT id, staged_name FROM uploads
    WHERE id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now() FOR UPDATE
  ) before
  WHERE u.id = before.id
  RETURNING before.staged_name AS replaced`,
};

const CLAIM = {
  name: 'claim-staged-upload',
  text: `
  UPDATE uploads SET state = 'RESERVED', seen_at = now() FROM ${WITHOUT_WAITING}
  WHERE store_id = $1 AND id = $2 AND staged_name = coalesce($3, staged_name) AND state = 'STAGED'
    AND expires_at > now()
  RETURNING ${COLUMNS}`,
};

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

export interface ClaimedUpload {
  readonly upload: StagedUploadRecord;
  readonly reservation: Reservation;
}

/** @param quotaBytes the limit of stores without a separate one; null: no limit */
export function createStagedUploadRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  return {
    /**
     * Creates those that the store's quota has room for, each on its own; none if the store has too many open uploads.
     * Returns the ids of the created ones.
     */
    async create(
      storeId: string,
      files: readonly AwaitedFile[],
      expiresAt: Date,
    ): Promise<{ ids: readonly string[]; remainingBytes: number | null }> {
      const values = [
        storeId,
        files.map(({ id }) => id),
        files.map(({ filename }) => filename),
        files.map(({ mimeType }) => mimeType),
        files.map(({ fileSize }) => fileSize),
        files.map(({ checksum }) => checksum),
        expiresAt,
        MAX_OPEN,
        quotaBytes,
      ];
      const { rows } = await pool.query<{ ids: string[]; remainingBytes: string | null }>({
        ...CREATE,
        values,
      });
      const [{ ids, remainingBytes: remaining } = { ids: [], remainingBytes: null }] = rows;
      return { ids, remainingBytes: remaining === null ? null : Number(remaining) };
    },

    async find(storeId: string, id: string): Promise<StagedUploadRecord | null> {
      const { rows } = await pool.query<StagedUploadRecord>({ ...FIND, values: [storeId, id] });
      return rows[0] ?? null;
    },

    /** Null when it accepts no bytes any more. */
    async findOpen(id: string): Promise<{ checksum: string | null } | null> {
      const { rows } = await pool.query<{ checksum: string | null }>({
        ...FIND_OPEN,
        values: [id],
      });
      return rows[0] ?? null;
    },

    /** Records bytes that arrived completely. Returns the name of those they replace. Null: too late. */
    async record(
      id: string,
      { name, byteSize, sha256 }: { name: string; byteSize: number; sha256: string },
    ): Promise<{ replaced: string | null } | null> {
      const values = [id, name, byteSize, sha256];
      const { rows } = await pool.query<{ replaced: string | null }>({ ...RECORD, values });
      return rows[0] ?? null;
    },

    /**
     * Of several concurrent completions, one gets the upload; its bytes are then fixed. Null for the others, and if
     * it has no bytes, or not those of `stagedName`, if that is given.
     */
    async claim(
      storeId: string,
      { id, stagedName }: Pick<StagedUploadRecord, 'id' | 'stagedName'>,
    ): Promise<ClaimedUpload | null> {
      const values = [storeId, id, stagedName];
      const { rows } = await pool.query<StagedUploadRecord>({ ...CLAIM, values });
      const [upload] = rows;
      if (!upload) return null;
      const reservation = { id, storeId, replaces: null, stagedName: upload.stagedName };
      return { upload, reservation };
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
