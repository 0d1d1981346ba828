import type pg from 'pg';
import type { StagedUploadProtocol } from '../../../generated/graphql.ts';
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
    SELECT given.* FROM room, unnest(
      $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[]
    ) AS given (id, filename, mime_type, size, checksum, expires)
    WHERE room.bytes IS NULL OR size <= room.bytes
  ), created AS (
    INSERT INTO uploads (
      id, store_id, state, original_filename, declared_mime_type, declared_size, declared_checksum, expires_at
    )
    SELECT id, $1, 'AWAITED', filename, mime_type, size, checksum, expires FROM fitting, ${WITHOUT_WAITING}
    WHERE (SELECT count(*) FROM fitting) + (
      SELECT count(*) FROM uploads
      WHERE store_id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now()
    ) <= $8
    RETURNING id
  )
  SELECT (SELECT bytes FROM room) AS "remainingBytes", ARRAY(SELECT id FROM created) AS ids`,
};

/**
 * Bytes that clients send to the storage itself have the id of the upload as their name, and count from now on. Those
 * that no longer fit are deleted.
 */
const EXPECT_DIRECT = `
  WITH started AS MATERIALIZED (
    SELECT given.id, b.outcome
    FROM ${WITHOUT_WAITING}, unnest($1::uuid[]) AS given (id), begin_put(given.id, given.id::text, $2) b
  )
  SELECT id FROM started WHERE outcome NOT IN ('closed', 'over quota')`;
const REMOVE_AWAITED = `DELETE FROM uploads WHERE id = ANY($1::uuid[]) AND state = 'AWAITED'`;

const ARRIVED_DIRECTLY = `
  UPDATE uploads SET state = 'STAGED', staged_name = id::text, staged_size = declared_size, staged_sha256 = NULL,
    receiving_name = NULL
  FROM ${WITHOUT_WAITING}
  WHERE store_id = $1 AND id = $2 AND state = 'AWAITED' AND coalesce(receiving_name, id::text) = id::text
    AND expires_at > now()`;

const RECORD_CHECKSUM = `UPDATE uploads SET staged_sha256 = $2 WHERE id = $1 AND state = 'RESERVED'`;

/** Open uploads per store. Without a limit they could fill the disk. */
export const MAX_OPEN = 200;

export const STAGED_COLUMNS = `
  id, state, original_filename AS "originalFilename", declared_mime_type AS "declaredMimeType",
  declared_checksum AS "declaredChecksum", declared_size AS "declaredSize", expires_at <= now() AS "isExpired", staged_name AS "stagedName",
  staged_size AS "stagedSize", staged_sha256 AS "stagedSha256", answered_with AS "answeredWith"`;

const FIND = {
  name: 'find-staged-upload',
  text: `SELECT ${STAGED_COLUMNS} FROM uploads WHERE store_id = $1 AND id = $2 AND expires_at IS NOT NULL`,
};

/** Not scoped by store: the signature of the URL was verified, and it names one upload. */
const BEGIN = {
  name: 'begin-put',
  text: `
  SELECT outcome, store AS "storeId", checksum, superseded FROM ${WITHOUT_WAITING}, begin_put($1, $2, $3)`,
};

const GIVE_UP = {
  name: 'give-up-put',
  text: `
  UPDATE uploads SET receiving_name = NULL FROM ${WITHOUT_WAITING} WHERE id = $1 AND receiving_name = $2`,
};

const RECEIVING = `SELECT receiving_name AS name FROM uploads WHERE id = ANY($1::uuid[])`;

const RECORD = {
  name: 'record-staged-bytes',
  text: `
  UPDATE uploads u SET state = 'STAGED', staged_name = $2, staged_size = $3, staged_sha256 = $4, receiving_name = NULL
  FROM ${WITHOUT_WAITING}, (
    SELECT id, staged_name FROM uploads
    WHERE id = $1 AND receiving_name = $2 AND state IN ('AWAITED', 'STAGED') AND expires_at > now() FOR UPDATE
  ) before
  WHERE u.id = before.id
  RETURNING before.staged_name AS replaced`,
};

/** Not scoped by store, like that of a PUT. */
const FIND_RESUMABLE = {
  name: 'find-resumable-upload',
  text: `
  SELECT id, state = 'AWAITED' AS "isAwaited", state IN ('AWAITED', 'STAGED') AS "isOpen",
    expires_at <= now() AS "isExpired", declared_size::float8 AS "byteSize", declared_checksum AS checksum,
    receiving_name AS "receivingName", expires_at AS "expiresAt"
  FROM uploads WHERE id = $1 AND expires_at IS NOT NULL`,
};

const RESTART = `
  UPDATE uploads u SET state = 'AWAITED', staged_name = NULL, receiving_name = NULL
  FROM (
    SELECT id, staged_name, receiving_name FROM uploads
    WHERE id = $1 AND state IN ('AWAITED', 'STAGED') AND expires_at > now() FOR UPDATE
  ) before
  WHERE u.id = before.id
  RETURNING array_remove(ARRAY[before.staged_name, before.receiving_name], NULL) AS names`;

const REMOVE = `
  DELETE FROM uploads WHERE id = $1 AND state IN ('AWAITED', 'STAGED')
  RETURNING array_remove(ARRAY[staged_name, receiving_name], NULL) AS names`;

const CLAIM = {
  name: 'claim-staged-upload',
  text: `
  UPDATE uploads SET state = 'RESERVED', seen_at = now() FROM ${WITHOUT_WAITING}
  WHERE store_id = $1 AND id = $2 AND staged_name = coalesce($3, staged_name) AND state = 'STAGED'
    AND expires_at > now()
  RETURNING ${STAGED_COLUMNS}`,
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

/** With a URL of the storage, a client can send bytes again after the completion. */
const IS_EXPIRED = `
  expires_at <= now() AND (
    state IN ('AWAITED', 'STAGED') AND (staged_name IS NOT NULL OR receiving_name IS NOT NULL)
    OR state = 'DONE' AND coalesce(staged_name, receiving_name) = id::text
  )`;

const EXPIRED = `
  SELECT id, array_remove(ARRAY[staged_name, receiving_name], NULL) AS names FROM uploads WHERE ${IS_EXPIRED}`;

const FORGET_BYTES = `
  UPDATE uploads SET state = CASE state WHEN 'DONE' THEN state ELSE 'AWAITED' END, staged_name = NULL, receiving_name = NULL
  WHERE id = ANY($1::uuid[]) AND ${IS_EXPIRED}`;

const IN_PROCESSING = `SELECT staged_name AS name FROM uploads WHERE state = 'PROCESSING'`;

const REMOVE_EXPIRED = `
  DELETE FROM uploads WHERE state = 'AWAITED' AND expires_at < now() - interval '1 day'`;

export interface AwaitedFile {
  readonly id: string;
  readonly protocol: StagedUploadProtocol;
  readonly filename: string;
  readonly mimeType: string;
  readonly fileSize: number;
  readonly checksum: string | null;
  readonly expiresAt: Date;
}

export interface StagedUploadRecord {
  readonly id: string;
  readonly state: 'AWAITED' | 'STAGED' | 'RESERVED' | 'ABANDONED' | 'PROCESSING' | 'DONE';
  readonly originalFilename: string;
  readonly declaredMimeType: string;
  readonly declaredChecksum: string | null;
  /** bigint, which pg returns as text. */
  readonly declaredSize: string;
  readonly isExpired: boolean;
  readonly stagedName: string | null;
  /** bigint, which pg returns as text. */
  readonly stagedSize: string | null;
  readonly stagedSha256: string | null;
  /** The file that a completed upload returned, if it is another one; its own id if its file FAILED. */
  readonly answeredWith: string | null;
}

/** Whether a PUT may start, and the name of the bytes of the one that it ends, if any. */
export type BegunPut =
  | { readonly outcome: 'closed' }
  | { readonly outcome: 'over quota' }
  | {
      readonly outcome: 'begun';
      readonly storeId: string;
      readonly checksum: string | null;
      readonly superseded: string | null;
    };

export interface ResumableUpload {
  readonly id: string;
  /** Not all bytes were recorded yet. */
  readonly isAwaited: boolean;
  /** Accepts bytes, if it has not expired. */
  readonly isOpen: boolean;
  readonly isExpired: boolean;
  readonly byteSize: number;
  /** As declared. */
  readonly checksum: string | null;
  /** Of the bytes that have arrived since its latest start; null if there are no bytes yet. */
  readonly receivingName: string | null;
  readonly expiresAt: Date;
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
    ): Promise<{ ids: readonly string[]; remainingBytes: number | null }> {
      const values = [
        storeId,
        files.map(({ id }) => id),
        files.map(({ filename }) => filename),
        files.map(({ mimeType }) => mimeType),
        files.map(({ fileSize }) => fileSize),
        files.map(({ checksum }) => checksum),
        files.map(({ expiresAt }) => expiresAt),
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

    /**
     * Expects bytes that clients send to the storage itself, and reserves their declared sizes. Returns the ids of those
     * for which the store has room; the others are deleted.
     */
    async expectDirect(ids: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await pool.query<{ id: string }>(EXPECT_DIRECT, [ids, quotaBytes]);
      const expected = new Set(rows.map(({ id }) => id));
      const others = ids.filter((id) => !expected.has(id));
      if (others.length > 0) await pool.query(REMOVE_AWAITED, [others]);
      return expected;
    },

    /** Records that all bytes of an upload are in the storage, where its client has sent them. */
    async recordDirect(storeId: string, id: string): Promise<void> {
      await pool.query(ARRIVED_DIRECTLY, [storeId, id]);
    },

    /** Of claimed bytes that were not hashed when they arrived. */
    async recordChecksum(id: string, sha256: string): Promise<void> {
      await pool.query(RECORD_CHECKSUM, [id, sha256]);
    },

    async find(storeId: string, id: string): Promise<StagedUploadRecord | null> {
      const { rows } = await pool.query<StagedUploadRecord>({ ...FIND, values: [storeId, id] });
      return rows[0] ?? null;
    },

    /** Starts a PUT that writes to `name`. Reserves the declared size until `record` or `giveUp`. */
    async begin(id: string, name: string): Promise<BegunPut> {
      const { rows } = await pool.query<BegunPut>({ ...BEGIN, values: [id, name, quotaBytes] });
      return rows[0] ?? { outcome: 'closed' };
    },

    async findResumable(id: string): Promise<ResumableUpload | null> {
      const { rows } = await pool.query<ResumableUpload>({ ...FIND_RESUMABLE, values: [id] });
      return rows[0] ?? null;
    },

    /** Returns the names of the bytes that it has had, to discard. Null: it accepts no bytes any more. */
    async restart(id: string): Promise<readonly string[] | null> {
      const { rows } = await pool.query<{ names: string[] }>(RESTART, [id]);
      return rows[0]?.names ?? null;
    },

    /** Deletes an upload and returns the names of its bytes, to discard. Null: it is being completed, or was. */
    async remove(id: string): Promise<readonly string[] | null> {
      const { rows } = await pool.query<{ names: string[] }>(REMOVE, [id]);
      return rows[0]?.names ?? null;
    },

    /** Call it when a PUT has failed. */
    async giveUp(id: string, name: string): Promise<void> {
      await pool.query({ ...GIVE_UP, values: [id, name] });
    },

    /** The names that the current PUTs of these uploads write to. */
    async receiving(ids: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await pool.query<{ name: string | null }>(RECEIVING, [ids]);
      return new Set(rows.flatMap(({ name }) => name ?? []));
    },

    /**
     * Records bytes that arrived completely; `sha256` is null if it is not known yet. Returns the name of those they replace. Null: a newer PUT has started, or
     * it is too late.
     */
    async record(
      id: string,
      { name, byteSize, sha256 }: { name: string; byteSize: number; sha256: string | null },
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

    /** The names of the bytes of uploads whose files are PROCESSING. */
    async namesInProcessing(): Promise<ReadonlySet<string>> {
      const { rows } = await pool.query<{ name: string | null }>(IN_PROCESSING);
      return new Set(rows.flatMap(({ name }) => name ?? []));
    },

    /**
     * Calls `discard` with the names of bytes of expired uploads, and then forgets those for which it did not fail.
     * Returns their number. Deletes uploads that expired a day ago.
     * @throws Error after it has tried all, with the first failure as its cause
     */
    async expire(discard: (name: string) => Promise<void>): Promise<number> {
      await pool.query(REMOVE_EXPIRED);
      const { rows } = await pool.query<{ id: string; names: string[] }>(EXPIRED);
      const discarded: string[] = [];
      const failures: unknown[] = [];
      for (const { id, names } of rows) {
        try {
          for (const name of names) await discard(name);
          discarded.push(id);
        } catch (error) {
          failures.push(error);
        }
      }
      if (discarded.length > 0) await pool.query(FORGET_BYTES, [discarded]);
      if (failures.length > 0)
        throw new Error(`Bytes of ${failures.length} expired uploads were not discarded.`, {
          cause: failures[0],
        });
      return discarded.length;
    },
  };
}
export type StagedUploadRepository = ReturnType<typeof createStagedUploadRepository>;
