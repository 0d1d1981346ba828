import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { MediaVisibility } from '../generated/prisma/enums.ts';
import type { DetailsChange } from '../media-file/details.ts';
import { type FileRow, fileColumns, textsColumn, toMediaFile } from '../media-file/file-row.ts';
import type { LocaleText, MediaFileRecord } from '../media-file/media-file.ts';
import { DEFAULT_FOLDER } from '../media-file/text.ts';
import type { VerifiedBytes } from '../verification/verdict.ts';
import type { Reservation } from './reservation-repository.ts';

/**
 * Everything of a new file in one statement, so that all of it is there or nothing. It hangs on the
 * reservation: once that was given up, its bytes may be gone, and nothing is written.
 * Named, so that each connection plans it once: planning takes longer than running it.
 */
const COMMIT = {
  name: 'commit-upload',
  text: `
  WITH upload AS (
    UPDATE uploads SET state = 'DONE' WHERE id = $1 AND store_id = $2 AND state = 'RESERVED'
    RETURNING id, store_id
  ), store AS (
    INSERT INTO stores (id) SELECT store_id FROM upload ON CONFLICT (id) DO NOTHING
  ), f AS (
    INSERT INTO media_files (
      id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path, status,
      alt_text, decorative, description, folder, tags, focal_x, focal_y, visibility
    )
    SELECT id, store_id, $3, $4, $5::media_type, $6, $7::bigint, $8,
      $9::int, $10::int, $11::float8, $12::bytea, $13, 'READY',
      $14, $15::boolean, $16, $17, $18::text[], $19::float8, $20::float8, $21::media_visibility
    FROM upload
    RETURNING *
  ), content AS (
    INSERT INTO media_contents (
      media_id, number, store_id, filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path, created_at
    )
    SELECT id, content_number, store_id, filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path, created_at
    FROM f
  ), texts AS (
    INSERT INTO media_texts (media_id, store_id, locale, text)
    SELECT f.id, f.store_id, given.locale, given.text
    FROM f, unnest($22::text[], $23::text[]) AS given (locale, text)
  )
  SELECT ${fileColumns} FROM f`,
};

/** Uploads of the same bytes wait for each other, so that the second sees what the first one wrote. */
const LOCK_BYTES = `SELECT pg_advisory_xact_lock(hashtextextended('media bytes ' || $1 || ' ' || $2, 0))`;

const FIND_BYTES = `
  SELECT ${fileColumns}, ${textsColumn}
  FROM media_files f
  WHERE f.store_id = $1 AND f.checksum = $2 AND f.trashed_at IS NULL
    AND ($3::media_visibility IS NULL OR f.visibility = $3::media_visibility)
  ORDER BY f.created_at, f.id
  LIMIT 1`;

export interface NewFile {
  readonly filename: string;
  readonly originalFilename: string;
  readonly storageKey: string;
  readonly byteSize: number;
  readonly checksum: string;
  readonly bytes: VerifiedBytes;
  readonly details: DetailsChange;
}

/** Only if the store has no file of these bytes: of this visibility, or of any. */
export interface UnlessThere {
  readonly visibility: MediaVisibility | null;
}

export type Committed = { written: MediaFileRecord } | { existing: MediaFileRecord } | 'given up';

export function createUploadRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Writes the file, all at once. `given up` when its reservation no longer holds. */
    async commit(
      reservation: Reservation,
      file: NewFile,
      unlessThere: UnlessThere | null,
    ): Promise<Committed> {
      if (!unlessThere) return write(pool, reservation, file);
      return inTransaction(pool, async (client) => {
        const { storeId } = reservation;
        await client.query(LOCK_BYTES, [storeId, file.checksum]);
        const values = [storeId, file.checksum, unlessThere.visibility];
        const { rows } = await client.query<FileRow>(FIND_BYTES, values);
        const [existing] = rows;
        return existing ? { existing: toMediaFile(existing) } : write(client, reservation, file);
      });
    },
  };
}
export type UploadRepository = ReturnType<typeof createUploadRepository>;

async function write(
  database: pg.Pool | pg.PoolClient,
  reservation: Reservation,
  file: NewFile,
): Promise<Committed> {
  const texts = textsOf(file.details);
  const { rows } = await database.query<Omit<FileRow, 'texts'>>({
    ...COMMIT,
    values: valuesOf(reservation, file, texts),
  });
  const [row] = rows;
  return row ? { written: toMediaFile({ ...row, texts }) } : 'given up';
}

function valuesOf({ id, storeId }: Reservation, file: NewFile, texts: readonly LocaleText[]) {
  const { bytes, details } = file;
  return [
    id,
    storeId,
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
  ];
}

/** In the order in which the database lists them. */
const textsOf = ({ texts }: DetailsChange): LocaleText[] =>
  [...(texts ?? [])]
    .flatMap(([locale, text]) => (text === null ? [] : [{ locale, text }]))
    .toSorted((one, other) => (one.locale < other.locale ? -1 : 1));
