import type pg from 'pg';
import { type FileRow, fileColumns, toMediaFile } from '../../model/file-row.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { type NewFile, valuesOfBytes } from './repository.ts';
import type { Reservation } from '../reservations/repository.ts';

/**
 * As for new files, `admit_replacement` decides and locks the file, and each write depends on the
 * decision.
 */
const REPLACE = {
  name: 'commit-replacement',
  text: `
  WITH admitted AS MATERIALIZED (
    SELECT * FROM admit_replacement($1, $2, $7::bigint, $14::bigint, $8, $15::int)
  ), upload AS (
    UPDATE uploads SET state = 'DONE'
    WHERE id = $1 AND EXISTS (SELECT FROM admitted WHERE outcome = 'written')
    RETURNING media_id, content_number
  ), content AS (
    INSERT INTO media_contents (
      media_id, number, store_id, filename, media_type, mime_type, file_size, checksum,
      width, height, duration_seconds, thumb_hash, file_path
    )
    SELECT media_id, content_number, $2, $3, $5::media_type, $6, $7::bigint, $8,
      $9::int, $10::int, $11::float8, $12::bytea, $13
    FROM upload
  ), written AS (
    UPDATE media_files f SET
      content_number = u.content_number, filename = $3, original_filename = $4, mime_type = $6,
      file_size = $7::bigint, checksum = $8, width = $9::int, height = $10::int,
      duration_seconds = $11::float8, thumb_hash = $12::bytea, file_path = $13,
      status = 'READY', failure = NULL, version = f.version + 1, updated_at = now()
    FROM upload u WHERE f.id = u.media_id AND f.store_id = $2
    RETURNING f.*
  ), audit AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, changes)
    SELECT $16::uuid, $2, w.id, $17, 'contentReplaced', (
      SELECT jsonb_agg(jsonb_build_object('field', field, 'before', before, 'after', after))
      FROM (VALUES
        ('originalFilename', (a.existing).original_filename, w.original_filename),
        ('contentNumber', (a.existing).content_number::text, w.content_number::text),
        ('mimeType', (a.existing).mime_type, w.mime_type),
        ('fileSize', (a.existing).file_size::text, w.file_size::text),
        ('checksum', (a.existing).checksum, w.checksum)
      ) AS change (field, before, after)
      WHERE before <> after)
    FROM written w, admitted a
  ), f AS (
    SELECT * FROM written UNION ALL
    SELECT (existing).* FROM admitted WHERE outcome = 'unchanged'
  )
  SELECT a.outcome, texts_of(f.id) AS texts, ${fileColumns}
  FROM admitted a LEFT JOIN f ON true`,
};

type RejectedOutcome = 'unknown' | 'trashed' | 'stale' | 'given up' | 'over quota';
export type Replaced =
  | { outcome: 'written' | 'unchanged'; mediaFile: MediaFileRecord }
  | { outcome: RejectedOutcome };

type ReplacedRow =
  | ({ readonly outcome: 'written' | 'unchanged' } & FileRow)
  | { readonly outcome: RejectedOutcome; readonly id: null };

/** @param quotaBytes the limit of stores without their own; null for none */
export function createReplacementRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  return {
    /** Replaces a file's content atomically, or returns why not. */
    async commit(
      { id, storeId }: Reservation,
      file: NewFile,
      { actor, version, auditId }: { actor: string; version: number | null; auditId: string },
    ): Promise<Replaced> {
      const { rows } = await pool.query<ReplacedRow>({
        ...REPLACE,
        values: [id, storeId, ...valuesOfBytes(file), quotaBytes, version, auditId, actor],
      });
      const [row] = rows;
      if (!row) throw new Error('A replacement has no outcome.');
      if (row.id === null) return { outcome: row.outcome };
      const { outcome, ...found } = row;
      return { outcome, mediaFile: toMediaFile(found) };
    },
  };
}
export type ReplacementRepository = ReturnType<typeof createReplacementRepository>;
