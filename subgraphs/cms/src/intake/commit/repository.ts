import type pg from 'pg';
import type { DuplicatePolicy } from '../../generated/graphql.ts';
import type { DetailsChange } from '../../files/media-file/details.ts';
import { type FileRow, fileColumns, toMediaFile } from '../../model/file-row.ts';
import type { LocaleText, MediaFileRecord } from '../../model/media-file.ts';
import { DEFAULT_FOLDER } from '../../files/media-file/text.ts';
import type { VerifiedBytes } from '../verification/verdict.ts';
import type { Reservation } from '../reservations/repository.ts';

/**
 * Writes a new file in one statement, so that all of it is stored or nothing. `admit_upload`
 * decides first (see its migration), and each write depends on the decision. Named, so that each
 * connection plans it once: planning takes longer than running it.
 */
const COMMIT = {
  name: 'commit-upload',
  text: `
  WITH admitted AS MATERIALIZED (
    SELECT * FROM admit_upload($1, $2, $7::bigint, $26::bigint, $27, $28, $29, $30, $8, $21::media_visibility)
  ), upload AS (
    UPDATE uploads u SET state = 'DONE', answered_with = (a.existing).id FROM admitted a
    WHERE u.id = $1 AND u.state = 'RESERVED' AND (a.outcome = 'written'
      OR (a.outcome IN ('reused', 'replayed') AND (a.existing).id IS NOT NULL AND u.expires_at IS NOT NULL))
  ), written AS (
    INSERT INTO media_files (
      id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path, status,
      alt_text, decorative, description, folder, tags, focal_x, focal_y, visibility
    )
    SELECT $1, $2, $3, $4, $5::media_type, $6, $7::bigint, $8,
      $9::int, $10::int, $11::float8, $12::bytea, $13, 'READY',
      $14, $15::boolean, $16, $17, $18::text[], $19::float8, $20::float8, $21::media_visibility
    FROM admitted WHERE outcome = 'written'
    RETURNING *
  ), content AS (
    INSERT INTO media_contents (
      media_id, number, store_id, filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path, created_at
    )
    SELECT id, content_number, store_id, filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path, created_at
    FROM written
  ), texts AS (
    INSERT INTO media_texts (media_id, store_id, locale, text)
    SELECT w.id, w.store_id, given.locale, given.text
    FROM written w, unnest($22::text[], $23::text[]) AS given (locale, text)
  ), audit AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, at, changes)
    SELECT $31::uuid, store_id, id, $24, $25, created_at, jsonb_build_array(
      jsonb_build_object('field', 'originalFilename', 'before', NULL, 'after', original_filename),
      jsonb_build_object('field', 'fileSize', 'before', NULL, 'after', file_size::text),
      jsonb_build_object('field', 'checksum', 'before', NULL, 'after', checksum))
    FROM written
  ), remembered AS (
    INSERT INTO idempotency_keys (store_id, key, mutation, fingerprint, media_id, reused)
    SELECT $2, $28, $27, $29, coalesce((existing).id, $1), reused
    FROM admitted WHERE outcome IN ('written', 'reused') AND $28::text IS NOT NULL
    ON CONFLICT (store_id, key) DO UPDATE SET mutation = excluded.mutation,
      fingerprint = excluded.fingerprint, media_id = excluded.media_id, reused = excluded.reused,
      created_at = now()
  ), f AS (
    SELECT * FROM written UNION ALL
    SELECT (existing).* FROM admitted WHERE (existing).id IS NOT NULL
  )
  SELECT a.outcome, a.reused, texts_of(f.id) AS texts, ${fileColumns}
  FROM admitted a LEFT JOIN f ON true`,
};

const PRECEDENT = {
  name: 'upload-precedent',
  text: `
  SELECT p.outcome, p.reused, texts_of(f.id) AS texts, ${fileColumns}
  FROM upload_precedent($1, $2, $3, $4, $5, $6, $7::media_visibility) p
  LEFT JOIN LATERAL (SELECT (p.existing).*) f ON true`,
};

/** A request that may be sent again: the same key and input return the same result. */
export interface Retry {
  readonly key: string;
  /** SHA-256 of the whole input. */
  readonly fingerprint: string;
}

/** The input of an upload without its bytes. */
export interface CommitOptions {
  readonly storeId: string;
  /** The subject that the audit log records. */
  readonly actor: string;
  readonly mutation: string;
  readonly retry: Retry | null;
  readonly onDuplicate: DuplicatePolicy;
  readonly details: DetailsChange;
}

export interface NewFile {
  readonly filename: string;
  readonly originalFilename: string;
  readonly storageKey: string;
  readonly byteSize: number;
  readonly checksum: string;
  readonly bytes: VerifiedBytes;
}

type Precedent =
  | { outcome: 'replayed' | 'reused'; mediaFile: MediaFileRecord | null; reused: boolean }
  | { outcome: 'duplicate'; mediaFile: MediaFileRecord | null }
  | { outcome: 'mismatch' };
export type Committed =
  | Precedent
  | { outcome: 'written'; mediaFile: MediaFileRecord | null; reused: boolean }
  | { outcome: 'given up' | 'over quota' };

type OutcomeRow<Outcome> = { readonly outcome: Outcome; readonly reused: boolean } & (
  | FileRow
  | { readonly id: null }
);

/** @param quotaBytes the limit of stores without their own; null for none */
export function createUploadRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  return {
    /** Writes the file atomically, or returns why not. */
    async commit(
      { id }: Reservation,
      file: NewFile,
      options: CommitOptions & { auditId: string },
    ): Promise<Committed> {
      const { rows } = await pool.query<OutcomeRow<Committed['outcome']>>({
        ...COMMIT,
        values: valuesOf(id, { file, options, quotaBytes }),
      });
      const [row] = rows;
      if (!row) throw new Error('A commit has no outcome.');
      const { outcome, reused, mediaFile } = outcomeOf(row);
      if (outcome !== 'written' || !mediaFile) return { outcome, reused, mediaFile };
      // The statement does not see the texts that it writes.
      return { outcome, reused, mediaFile: { ...mediaFile, texts: textsOf(options.details) } };
    },

    /**
     * The existing result for an upload, if any. `checksum` is null if the bytes are not known yet.
     */
    async precedent(options: CommitOptions, checksum: string | null): Promise<Precedent | null> {
      const { storeId, mutation, retry, onDuplicate, details } = options;
      const { rows } = await pool.query<OutcomeRow<Precedent['outcome']>>({
        ...PRECEDENT,
        values: [
          storeId,
          mutation,
          retry?.key,
          retry?.fingerprint,
          onDuplicate,
          checksum,
          details.visibility ?? 'PUBLIC',
        ],
      });
      const [row] = rows;
      return row ? outcomeOf(row) : null;
    },
  };
}
export type UploadRepository = ReturnType<typeof createUploadRepository>;

const outcomeOf = <Outcome>({ outcome, reused, ...row }: OutcomeRow<Outcome>) => ({
  outcome,
  reused,
  mediaFile: row.id === null ? null : toMediaFile(row),
});

function valuesOf(
  id: string,
  {
    file,
    options,
    quotaBytes,
  }: { file: NewFile; options: CommitOptions & { auditId: string }; quotaBytes: number | null },
) {
  const { details, retry } = options;
  const texts = textsOf(details);
  return [
    id,
    options.storeId,
    ...valuesOfBytes(file),
    details.altText ?? null,
    details.decorative ?? false,
    details.description ?? null,
    details.folder ?? DEFAULT_FOLDER,
    details.tags ?? [],
    details.focalPoint?.x ?? null,
    details.focalPoint?.y ?? null,
    details.visibility ?? 'PUBLIC',
    texts.map(({ locale }) => locale),
    texts.map(({ text }) => text),
    options.actor,
    options.mutation === 'importMedia' ? 'imported' : 'uploaded',
    quotaBytes,
    options.mutation,
    retry?.key ?? null,
    retry?.fingerprint ?? null,
    options.onDuplicate,
    options.auditId,
  ];
}

/** Eleven columns, in the order of every statement that writes bytes. */
export const valuesOfBytes = ({ bytes, ...file }: NewFile) => [
  file.filename,
  file.originalFilename,
  bytes.mediaType,
  bytes.mimeType,
  file.byteSize,
  file.checksum,
  bytes.width,
  bytes.height,
  bytes.durationSeconds,
  bytes.thumbHash,
  file.storageKey,
];

/** In the order in which the database returns them. */
const textsOf = ({ texts }: DetailsChange): LocaleText[] =>
  [...(texts ?? [])]
    .flatMap(([locale, text]) => (text === null ? [] : [{ locale, text }]))
    .toSorted((one, other) => (one.locale < other.locale ? -1 : 1));
