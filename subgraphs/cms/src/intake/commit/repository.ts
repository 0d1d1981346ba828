import type pg from 'pg';
import type { DuplicatePolicy } from '../../generated/graphql.ts';
import type { MediaStatus } from '../../generated/prisma/enums.ts';
import { type DetailsChange, columnsOf, mergeTexts } from '../../files/media-file/details.ts';
import {
  type FileRow,
  fileColumns,
  namesOf,
  parametersOf,
  toMediaFile,
  valuesOf,
} from '../../model/file-row.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import {
  type RecordOf,
  changeableColumns,
  contentColumns,
  creationColumns,
  detailColumns,
} from '../../model/media-file-columns.ts';
import type { VerifiedBytes } from '../verification/verdict.ts';
import type { Reservation } from '../reservations/repository.ts';

const newFileColumns = {
  originalFilename: changeableColumns.originalFilename,
  ...contentColumns,
  ...detailColumns,
  ...creationColumns,
};

const FIRST_COLUMN = 16;

/**
 * Writes a new file in one statement: all of it or nothing. `admit_upload` decides first (see its migration),
 * and each write depends on its decision. Named, so that each connection plans it once: planning takes
 * longer than execution.
 */
const commitAs = ({
  name,
  status,
  upload,
  content,
}: {
  name: string;
  status: MediaStatus;
  upload: string;
  content: string;
}) => ({
  name,
  text: `
  WITH admitted AS MATERIALIZED (
    SELECT * FROM admit_upload($1, $2, $3::bigint, $6::bigint, $7, $8, $9, $10, $4, $5::media_visibility)
  ), upload AS (
    UPDATE uploads u SET ${upload}, answered_with = (a.existing).id FROM admitted a
    WHERE u.id = $1 AND u.state = 'RESERVED' AND (a.outcome = 'written'
      OR (a.outcome IN ('reused', 'replayed') AND (a.existing).id IS NOT NULL AND u.expires_at IS NOT NULL))
  ), written AS (
    INSERT INTO media_files (id, store_id, status, ${namesOf(newFileColumns)})
    SELECT $1, $2, '${status}', ${parametersOf(newFileColumns, { first: FIRST_COLUMN })}
    FROM admitted WHERE outcome = 'written'
    RETURNING *
  )${content}, texts AS (
    INSERT INTO media_texts (media_id, store_id, locale, text)
    SELECT w.id, w.store_id, given.locale, given.text
    FROM written w, unnest($14::text[], $15::text[]) AS given (locale, text)
  ), audit AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, at, changes)
    SELECT $13::uuid, store_id, id, $11, $12, created_at, jsonb_build_array(
      jsonb_build_object('field', 'originalFilename', 'before', NULL, 'after', original_filename),
      jsonb_build_object('field', 'fileSize', 'before', NULL, 'after', file_size::text),
      jsonb_build_object('field', 'checksum', 'before', NULL, 'after', checksum))
    FROM written
  ), remembered AS (
    INSERT INTO idempotency_keys (store_id, key, mutation, fingerprint, media_id, reused)
    SELECT $2, $8, $7, $9, coalesce((existing).id, $1), reused
    FROM admitted WHERE outcome IN ('written', 'reused') AND $8::text IS NOT NULL
    ON CONFLICT (store_id, key) DO UPDATE SET mutation = excluded.mutation,
      fingerprint = excluded.fingerprint, media_id = excluded.media_id, reused = excluded.reused,
      created_at = now()
  ), f AS (
    SELECT * FROM written UNION ALL
    SELECT (existing).* FROM admitted WHERE (existing).id IS NOT NULL
  )
  SELECT a.outcome, a.reused, texts_of(f.id) AS texts, ${fileColumns}
  FROM admitted a LEFT JOIN f ON true`,
});

const COMMIT = commitAs({
  name: 'commit-upload',
  status: 'READY',
  upload: `state = 'DONE'`,
  content: `, content AS (
    INSERT INTO media_contents (media_id, number, store_id, created_at, ${namesOf(contentColumns)})
    SELECT id, content_number, store_id, created_at, ${namesOf(contentColumns)}
    FROM written
  )`,
});

/** The file has no content until its bytes are verified. Its declared size counts from now on. */
const BEGIN = commitAs({
  name: 'begin-processing',
  status: 'PROCESSING',
  upload: `
    state = CASE a.outcome WHEN 'written' THEN 'PROCESSING' ELSE 'DONE' END::upload_state, seen_at = now(),
    attempts = 1, on_duplicate = $10, verified = $${FIRST_COLUMN + Object.keys(newFileColumns).length}::jsonb`,
  content: '',
});

const PRECEDENT = {
  name: 'upload-precedent',
  text: `
  SELECT p.outcome, p.reused, texts_of(f.id) AS texts, ${fileColumns}
  FROM upload_precedent($1, $2, $3, $4, $5, $6, $7::media_visibility) p
  LEFT JOIN LATERAL (SELECT (p.existing).*) f ON true`,
};

/** A request that may be repeated: the same key and input have the same result. */
export interface Retry {
  readonly key: string;
  /** SHA-256 of the whole input. */
  readonly fingerprint: string;
}

/** The input of an upload, without the bytes. */
export interface CommitOptions {
  readonly storeId: string;
  /** The subject of the caller's token, for the audit log. */
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

/** @param quotaBytes the limit of stores without a separate one; null: no limit */
export function createUploadRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  async function write(
    statement: { name: string; text: string; values: unknown[] },
    { details }: CommitOptions,
  ): Promise<Committed> {
    const { rows } = await pool.query<OutcomeRow<Committed['outcome']>>(statement);
    const [row] = rows;
    if (!row) throw new Error('The commit of an upload returned no row.');
    const { outcome, reused, mediaFile } = outcomeOf(row);
    if (outcome !== 'written' || !mediaFile) return { outcome, reused, mediaFile };
    // The statement cannot see the texts that it wrote.
    return {
      outcome,
      reused,
      mediaFile: { ...mediaFile, texts: mergeTexts([], details.texts ?? null) },
    };
  }

  return {
    /** Writes the file, or returns why it was not written. */
    commit: (
      { id }: Reservation,
      file: NewFile,
      options: CommitOptions & { auditId: string },
    ): Promise<Committed> =>
      write({ ...COMMIT, values: commitValues(id, { file, options, quotaBytes }) }, options),

    /**
     * Writes a file whose bytes are not verified yet: `file` is what the client declared. `verified` is what its
     * verification has found so far, as JSON.
     */
    begin: (
      { id }: Reservation,
      { file, verified }: { file: NewFile; verified: string | null },
      options: CommitOptions & { auditId: string },
    ): Promise<Committed> => {
      const values = [...commitValues(id, { file, options, quotaBytes }), verified];
      return write({ ...BEGIN, values }, options);
    },

    /** The result of an upload that needs no commit, if there is one. `checksum` is null while the bytes are unknown. */
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
          details.visibility ?? detailColumns.visibility.initial,
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

function commitValues(
  id: string,
  {
    file,
    options,
    quotaBytes,
  }: { file: NewFile; options: CommitOptions & { auditId: string }; quotaBytes: number | null },
) {
  const { details, retry } = options;
  const texts = mergeTexts([], details.texts ?? null);
  return [
    id,
    options.storeId,
    file.byteSize,
    file.checksum,
    details.visibility ?? detailColumns.visibility.initial,
    quotaBytes,
    options.mutation,
    retry?.key ?? null,
    retry?.fingerprint ?? null,
    options.onDuplicate,
    options.actor,
    options.mutation === 'importMedia' ? 'imported' : 'uploaded',
    options.auditId,
    texts.map(({ locale }) => locale),
    texts.map(({ text }) => text),
    ...valuesOf(newFileColumns, {
      credit: file.bytes.credit,
      copyright: file.bytes.copyright,
      ...columnsOf(details),
      ...contentOf(file),
      originalFilename: file.originalFilename,
      createdBy: options.actor,
    }),
  ];
}

/** The row in media_contents for the bytes of `file`. */
export const contentOf = ({
  bytes: { credit: _credit, copyright: _copyright, ...bytes },
  filename,
  byteSize: fileSize,
  checksum,
  storageKey,
}: NewFile): RecordOf<typeof contentColumns> => ({
  ...bytes,
  filename,
  fileSize,
  checksum,
  storageKey,
});
