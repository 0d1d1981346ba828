import { newId } from '@federated-media/subgraph-kit/ids';
import type pg from 'pg';
import { z } from 'zod';
import { copyOfContent, namesOf, parametersOf, valuesOf } from '../../../model/file-row.ts';
import { contentColumns } from '../../../model/media-file-columns.ts';
import type { VerifiedFile } from '../../commit/intake.ts';
import { type NewFile, contentOf } from '../../commit/repository.ts';
import { verifiedBytesFromJson } from '../../verification/verdict.ts';
import { STAGED_COLUMNS, type StagedUploadRecord } from './repository.ts';

/** A process has `seconds` to send the next heartbeat. */
const isDue = (seconds: string) =>
  `state = 'PROCESSING' AND seen_at < now() - make_interval(secs => ${seconds})`;

/** Those with the fewest running uploads first. */
const STORES = `
  SELECT due.store_id AS "storeId"
  FROM (SELECT store_id, min(id::text) AS first FROM uploads WHERE ${isDue('$1')} GROUP BY store_id) AS due
  ORDER BY (
    SELECT count(*) FROM uploads u
    WHERE u.store_id = due.store_id AND u.state = 'PROCESSING' AND u.seen_at >= now() - make_interval(secs => $1)
  ), first
  LIMIT 100`;

const CLAIM = `
  UPDATE uploads SET attempts = attempts + 1, seen_at = now()
  WHERE id = (
    SELECT id FROM uploads WHERE store_id = $1 AND ${isDue('$2')} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING ${STAGED_COLUMNS}, store_id AS "storeId", attempts AS attempt, verified`;

/** In the order of ids, so that two heartbeats never deadlock. */
const SEEN = `
  UPDATE uploads SET seen_at = now()
  WHERE id IN (
    SELECT u.id FROM uploads u
    JOIN unnest($1::uuid[], $2::int[]) AS ours (id, attempt) ON u.id = ours.id AND u.attempts = ours.attempt
    WHERE u.state = 'PROCESSING' ORDER BY u.id FOR UPDATE OF u
  )
  RETURNING id`;

const OURS = `id = $1 AND state = 'PROCESSING' AND attempts = $2`;

const RECORD_VERIFIED = `UPDATE uploads SET verified = $3::jsonb WHERE ${OURS}`;

/** Due after $4 seconds for processes that wait for a heartbeat for $3 seconds. */
const RELEASE = `
  UPDATE uploads SET seen_at = now() - make_interval(secs => $3) + make_interval(secs => $4),
    attempts = attempts - CASE WHEN $5 THEN 0 ELSE 1 END
  WHERE ${OURS}`;

const FIRST_COLUMN = 9;
const CREDIT = FIRST_COLUMN + Object.keys(contentColumns).length;

/** `admit_processed` decides and locks the file, and each write depends on its decision. */
const FINISH = {
  name: 'finish-processing',
  text: `
  WITH admitted AS MATERIALIZED (
    SELECT * FROM admit_processed($1, $2, $3::int, $4::bigint, $5::bigint, $6)
  ), upload AS (
    UPDATE uploads SET state = 'DONE', verified = NULL, seen_at = now()
    WHERE id = $1 AND EXISTS (SELECT FROM admitted WHERE outcome = 'written')
    RETURNING original_filename
  ), content AS (
    INSERT INTO media_contents (media_id, number, store_id, ${namesOf(contentColumns)})
    SELECT (a.existing).id, (a.existing).content_number, $2, ${parametersOf(contentColumns, { first: FIRST_COLUMN })}
    FROM admitted a, upload
    RETURNING *
  ), written AS (
    UPDATE media_files f SET
      -- A name that was given in the meantime stays.
      original_filename = CASE f.original_filename WHEN u.original_filename THEN $8 ELSE f.original_filename END,
      credit = coalesce(f.credit, $${CREDIT}), copyright = coalesce(f.copyright, $${CREDIT + 1}),
      ${copyOfContent}, status = 'READY', version = f.version + 1, updated_at = now()
    FROM content c, upload u WHERE f.id = c.media_id AND f.store_id = $2
    RETURNING f.*
  ), audit AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, changes)
    SELECT $7::uuid, $2, w.id, 'system', 'processed', (
      SELECT jsonb_agg(jsonb_build_object('field', field, 'before', before, 'after', after))
      FROM (VALUES
        ('status', 'PROCESSING', 'READY'),
        ('mimeType', (a.existing).mime_type, w.mime_type),
        ('fileSize', (a.existing).file_size::text, w.file_size::text),
        ('checksum', (a.existing).checksum, w.checksum)
      ) AS change (field, before, after)
      WHERE before <> after)
    FROM written w, admitted a
  )
  SELECT a.outcome, (a.existing).id AS "mediaId" FROM admitted a`,
};

/** Its own id as the answer makes recovery look for leftovers of its bytes once more. */
const FAIL = {
  name: 'fail-processing',
  text: `
  WITH upload AS (
    UPDATE uploads SET state = 'DONE', answered_with = id, verified = NULL, seen_at = now()
    WHERE ${OURS} AND store_id = $3
    RETURNING id
  ), file AS (
    UPDATE media_files f SET status = 'FAILED', failure = $4, version = f.version + 1, updated_at = now()
    FROM upload u WHERE f.id = u.id AND f.store_id = $3 AND f.status = 'PROCESSING'
    RETURNING f.id, f.file_size
  ), room AS (
    UPDATE stores s SET used_bytes = greatest(s.used_bytes - f.file_size, 0) FROM file f WHERE s.id = $3
  ), audit AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, changes)
    SELECT $5::uuid, $3, id, 'system', 'processed', jsonb_build_array(
      jsonb_build_object('field', 'status', 'before', 'PROCESSING', 'after', 'FAILED'),
      jsonb_build_object('field', 'failure', 'before', NULL, 'after', $4::text))
    FROM file
  )
  SELECT (SELECT count(*) FROM upload)::int AS uploads, (SELECT count(*) FROM file)::int AS files`,
};

/** One attempt to verify the bytes of a PROCESSING file. Only the latest one of an upload can finish it. */
export interface Attempt {
  readonly id: string;
  readonly storeId: string;
  readonly attempt: number;
}

export interface ClaimedAttempt extends Attempt {
  readonly upload: StagedUploadRecord;
  /** What an earlier attempt has found, if it may have published the bytes. */
  readonly verified: VerifiedFile | null;
}

interface ClaimedRow extends StagedUploadRecord {
  readonly storeId: string;
  readonly attempt: number;
  readonly verified: unknown;
}

export type Finished =
  | { readonly outcome: 'written' | 'superseded' | 'purged' | 'over quota' }
  | { readonly outcome: 'duplicate'; readonly mediaId: string };

/** @param quotaBytes the limit of stores without a separate one; null: no limit */
export function createProcessingRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  return {
    /** Stores with uploads that wait, or whose process was silent for that long. */
    async storesWithWork(silentSeconds: number): Promise<string[]> {
      const { rows } = await pool.query<{ storeId: string }>(STORES, [silentSeconds]);
      return rows.map(({ storeId }) => storeId);
    },

    /** The oldest of them. Null if another process was faster. */
    async claim(storeId: string, silentSeconds: number): Promise<ClaimedAttempt | null> {
      const { rows } = await pool.query<ClaimedRow>(CLAIM, [storeId, silentSeconds]);
      const [row] = rows;
      if (!row) return null;
      const { attempt, verified, ...upload } = row;
      const found = verified === null ? null : verifiedFromJson.parse(verified);
      return { id: upload.id, storeId, attempt, upload, verified: found };
    },

    /** Returns the ids of those that still belong to this process. */
    async markSeen(attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
      const ids = attempts.map(({ id }) => id);
      const numbers = attempts.map(({ attempt }) => attempt);
      const { rows } = await pool.query<{ id: string }>(SEEN, [ids, numbers]);
      return new Set(rows.map(({ id }) => id));
    },

    /** Call it before the bytes are published. False: another process has taken over. */
    async recordVerified({ id, attempt }: Attempt, verified: VerifiedFile): Promise<boolean> {
      const { rowCount } = await pool.query(RECORD_VERIFIED, [id, attempt, toJson(verified)]);
      return rowCount === 1;
    },

    /** Makes the file READY, or returns why not. */
    async finish(
      { id, storeId, attempt }: Attempt,
      { byteSize, checksum, originalFilename, ...file }: NewFile,
    ): Promise<Finished> {
      const content = contentOf({ byteSize, checksum, originalFilename, ...file });
      const { rows } = await pool.query<Finished>({
        ...FINISH,
        values: [
          id,
          storeId,
          attempt,
          byteSize,
          quotaBytes,
          checksum,
          newId(),
          originalFilename,
          ...valuesOf(contentColumns, content),
          file.bytes.credit,
          file.bytes.copyright,
        ],
      });
      const [row] = rows;
      if (!row) throw new Error('The end of an upload returned no row.');
      return row;
    },

    /** Makes the file FAILED. `failure` is a sentence for people. */
    async fail(
      { id, storeId, attempt }: Attempt,
      failure: string,
    ): Promise<'failed' | 'purged' | 'superseded'> {
      const { rows } = await pool.query<{ uploads: number; files: number }>({
        ...FAIL,
        values: [id, attempt, storeId, failure, newId()],
      });
      const { uploads = 0, files = 0 } = rows[0] ?? {};
      if (uploads === 0) return 'superseded';
      return files === 0 ? 'purged' : 'failed';
    },

    /** Lets any process try again after some seconds. `counts`: whether it was an attempt. */
    async release(
      { id, attempt }: Attempt,
      {
        silentSeconds,
        afterSeconds,
        counts,
      }: { silentSeconds: number; afterSeconds: number; counts: boolean },
    ): Promise<void> {
      await pool.query(RELEASE, [id, attempt, silentSeconds, afterSeconds, counts]);
    },
  };
}
export type ProcessingRepository = ReturnType<typeof createProcessingRepository>;

/** The hash of an image is base64. */
export const toJson = ({ file, isSanitized }: VerifiedFile): string => {
  const { thumbHash } = file.bytes;
  const hash = thumbHash && Buffer.from(thumbHash).toString('base64');
  return JSON.stringify({
    file: { ...file, bytes: { ...file.bytes, thumbHash: hash } },
    isSanitized,
  });
};

const verifiedFromJson = z.object({
  file: z.object({
    filename: z.string(),
    originalFilename: z.string(),
    storageKey: z.string(),
    byteSize: z.int().positive(),
    checksum: z.string(),
    bytes: verifiedBytesFromJson,
  }),
  isSanitized: z.boolean(),
});
