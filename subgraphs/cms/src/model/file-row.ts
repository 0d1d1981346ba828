import type { MediaFileRecord } from './media-file.ts';

/** A file as the database tells it: sizes are bigint, which pg hands over as text. */
export type FileRow = Omit<MediaFileRecord, 'fileSize'> & { readonly fileSize: string | bigint };

/** The columns of a file `f`, under the names of `FileRow`; all but its texts. */
export const fileColumns = `
  f.id, f.store_id AS "storeId", f.filename, f.original_filename AS "originalFilename",
  f.media_type AS "mediaType", f.mime_type AS "mimeType", f.file_size AS "fileSize", f.checksum,
  f.width, f.height, f.duration_seconds AS "durationSeconds", f.thumb_hash AS "thumbHash", f.content_number AS "contentNumber",
  f.alt_text AS "altText", f.decorative, f.description, f.folder, f.tags,
  f.focal_x AS "focalX", f.focal_y AS "focalY", f.visibility, f.status, f.failure,
  f.usage_count AS "usageCount", f.version, f.created_at AS "createdAt",
  f.updated_at AS "updatedAt", f.trashed_at AS "trashedAt"`;

/** The texts of a file `f`, read in the same statement. */
export const textsColumn = `
  coalesce((
    SELECT json_agg(json_build_object('locale', t.locale, 'text', t.text) ORDER BY t.locale COLLATE "C")
    FROM media_texts t WHERE t.media_id = f.id
  ), '[]') AS texts`;

export const toMediaFile = (row: FileRow): MediaFileRecord => ({
  ...row,
  fileSize: Number(row.fileSize),
});
