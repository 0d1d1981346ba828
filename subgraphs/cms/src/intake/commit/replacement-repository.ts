import type pg from 'pg';
import {
  type FileRow,
  copyOfContent,
  fileColumns,
  namesOf,
  parametersOf,
  toMediaFile,
  valuesOf,
} from '../../model/file-row.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { contentColumns } from '../../model/media-file-columns.ts';
import { type NewFile, contentOf } from './repository.ts';
import type { Reservation } from '../reservations/repository.ts';

/** As for new files: `admit_replacement` decides and locks the file, and each write depends on its decision. */
const REPLACE = {
  name: 'commit-replacement',
  text: `
  WITH admitted AS MATERIALIZED (
    SELECT * FROM admit_replacement($1, $2, $3::bigint, $5::bigint, $4, $6::int)
  ), upload AS (
    UPDATE uploads SET state = 'DONE'
    WHERE id = $1 AND EXISTS (SELECT FROM admitted WHERE outcome = 'written')
    RETURNING media_id, content_number
  ), content AS (
    INSERT INTO media_contents (media_id, number, store_id, ${namesOf(contentColumns)})
    SELECT media_id, content_number, $2, ${parametersOf(contentColumns, { first: 10 })}
    FROM upload
    RETURNING *
  ), written AS (
    UPDATE media_files f SET
      original_filename = $9, ${copyOfContent},
      status = 'READY', failure = NULL, version = f.version + 1, updated_at = now()
    FROM content c WHERE f.id = c.media_id AND f.store_id = $2
    RETURNING f.*
  ), audit AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, changes)
    SELECT $7::uuid, $2, w.id, $8, 'contentReplaced', (
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

type RejectedOutcome = 'unknown' | 'trashed' | 'stale' | 'processing' | 'given up' | 'over quota';
export type Replaced =
  | { outcome: 'written' | 'unchanged'; mediaFile: MediaFileRecord }
  | { outcome: RejectedOutcome };

type ReplacedRow =
  | ({ readonly outcome: 'written' | 'unchanged' } & FileRow)
  | { readonly outcome: RejectedOutcome; readonly id: null };

/** @param quotaBytes the limit of stores without a separate one; null: no limit */
export function createReplacementRepository({
  pool,
  quotaBytes = null,
}: {
  pool: pg.Pool;
  quotaBytes?: number | null;
}) {
  return {
    /** Replaces the content of a file, or returns why it was not replaced. */
    async commit(
      { id, storeId }: Reservation,
      file: NewFile,
      { actor, version, auditId }: { actor: string; version: number | null; auditId: string },
    ): Promise<Replaced> {
      const { rows } = await pool.query<ReplacedRow>({
        ...REPLACE,
        values: [
          id,
          storeId,
          file.byteSize,
          file.checksum,
          quotaBytes,
          version,
          auditId,
          actor,
          file.originalFilename,
          ...valuesOf(contentColumns, contentOf(file)),
        ],
      });
      const [row] = rows;
      if (!row) throw new Error('The commit of a replacement returned no row.');
      if (row.id === null) return { outcome: row.outcome };
      const { outcome, ...found } = row;
      return { outcome, mediaFile: toMediaFile(found) };
    },
  };
}
export type ReplacementRepository = ReturnType<typeof createReplacementRepository>;
