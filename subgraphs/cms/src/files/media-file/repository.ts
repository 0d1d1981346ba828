import { createStatementNames } from '@federated-media/subgraph-kit/prepared-statements';
import type pg from 'pg';
import type { Deliverable } from './deliverable.ts';
import { allFields, selectionOf } from '../../model/file-row.ts';
import type { MediaContentRecord, MediaFileRecord } from '../../model/media-file.ts';

/** Named, so that each connection plans it once: it resolves every reference of other subgraphs. */
const named = createStatementNames('files-by-id');
const filesById = (fields: ReadonlySet<string>) =>
  named(`
  SELECT ${selectionOf(fields)}
  FROM media_files f
  WHERE f.store_id = $1 AND f.id = ANY($2::uuid[])`);

const CONTENT_COLUMNS = `
    c.media_id AS "mediaId", c.number, c.filename, c.checksum, c.media_type AS "mediaType", c.mime_type AS "mimeType",
    c.file_size AS "fileSize", c.width, c.height, c.created_at AS "createdAt"`;

const CONTENT = `
  SELECT ${CONTENT_COLUMNS}
  FROM media_contents c
  WHERE c.media_id = $2 AND c.number = $3 AND c.store_id = $1`;

/** One page for each of several files. The subquery reads only the rows of its page. */
const CONTENTS_BY_FILE = {
  name: 'contents-by-file',
  text: `
  SELECT ${CONTENT_COLUMNS}
  FROM unnest($2::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT * FROM media_contents m
    WHERE m.media_id = wanted.id AND m.store_id = $1 AND m.number < coalesce($3::bigint, 1::bigint << 32)
    ORDER BY m.number DESC
    LIMIT $4
  ) AS c
  ORDER BY c.media_id, c.number DESC`,
};

const DELIVERABLE = {
  name: 'deliverable',
  text: `
  SELECT c.file_path AS "storageKey", c.mime_type AS "mimeType", c.file_size AS "byteSize", c.checksum,
    c.width, c.height, c.animated, c.charset, c.duration_seconds AS "durationSeconds",
    f.original_filename AS "originalFilename", f.visibility = 'PRIVATE' AS "isPrivate"
  FROM media_contents c JOIN media_files f ON f.id = c.media_id
  WHERE c.store_id = $1 AND c.media_id = $2 AND c.number = $3
    AND f.store_id = $1 AND f.trashed_at IS NULL`,
};

// Sizes are bigint, which pg returns as text.
type ContentRow = Omit<MediaContentRecord, 'fileSize'> & { readonly fileSize: string };
type DeliverableRow = Omit<Deliverable, 'byteSize'> & { readonly byteSize: string };

const toContent = (row: ContentRow): MediaContentRecord => ({
  ...row,
  fileSize: Number(row.fileSize),
});

export interface ContentsPage {
  /** Null: from the newest one. */
  readonly before: number | null;
  readonly limit: number;
}

/** Files and their contents. Every method reads one store; ids must be UUIDs. */
export function createMediaFileRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** With `fields` only; the others are absent. */
    async findFiles(
      storeId: string,
      ids: readonly string[],
      fields = allFields,
    ): Promise<MediaFileRecord[]> {
      const statement = { ...filesById(fields), values: [storeId, ids] };
      return (await pool.query<MediaFileRecord>(statement)).rows;
    },

    /** For each file up to `limit` contents with a smaller number than `before`, newest first. */
    async findContents(
      storeId: string,
      ids: readonly string[],
      { before, limit }: ContentsPage,
    ): Promise<MediaContentRecord[]> {
      const values = [storeId, ids, before, limit];
      const { rows } = await pool.query<ContentRow>({ ...CONTENTS_BY_FILE, values });
      return rows.map(toContent);
    },

    /** Null if the file is unknown or has no content with that number. */
    async findContent(
      storeId: string,
      { mediaId, number }: { mediaId: string; number: number },
    ): Promise<MediaContentRecord | null> {
      const { rows } = await pool.query<ContentRow>(CONTENT, [storeId, mediaId, number]);
      const [row] = rows;
      return row ? toContent(row) : null;
    },

    /** Null if the file is unknown or in the trash, or has no content with that number. */
    async findDeliverable(ref: {
      storeId: string;
      mediaId: string;
      contentNumber: number;
    }): Promise<Deliverable | null> {
      const values = [ref.storeId, ref.mediaId, ref.contentNumber];
      const { rows } = await pool.query<DeliverableRow>({ ...DELIVERABLE, values });
      const [row] = rows;
      return row ? { ...row, byteSize: Number(row.byteSize) } : null;
    },
  };
}
export type MediaFileRepository = ReturnType<typeof createMediaFileRepository>;
