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

const CONTENTS_BY_FILE = `
  SELECT c.media_id AS "mediaId", c.number, c.filename, c.checksum, c.media_type AS "mediaType", c.mime_type AS "mimeType",
    c.file_size AS "fileSize", c.width, c.height, c.created_at AS "createdAt"
  FROM media_contents c
  WHERE c.store_id = $1 AND c.media_id = ANY($2::uuid[])
  ORDER BY c.media_id, c.number DESC`;

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

    /** Newest first within a file. */
    async findContents(storeId: string, ids: readonly string[]): Promise<MediaContentRecord[]> {
      const { rows } = await pool.query<ContentRow>(CONTENTS_BY_FILE, [storeId, ids]);
      return rows.map((row) => ({ ...row, fileSize: Number(row.fileSize) }));
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
