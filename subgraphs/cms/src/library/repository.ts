import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import type pg from 'pg';
import { type FileRow, fileColumns, textsColumn, toMediaFile } from '../media-file/file-row.ts';
import type { MediaFileRecord } from '../media-file/media-file.ts';

/** The page is cut before texts are looked up, so that they are read for its rows only. */
const PAGE = `
  SELECT ${fileColumns}, ${textsColumn}
  FROM (
    SELECT * FROM media_files
    WHERE store_id = $1 AND trashed_at IS NULL AND (created_at, id) < ($2::timestamptz, $3::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT $4
  ) f
  ORDER BY f.created_at DESC, f.id DESC`;

const COUNT = 'SELECT count(*) FROM media_files WHERE store_id = $1 AND trashed_at IS NULL';

/** Before the newest of all. */
const START: KeysetPosition = {
  createdAt: 'infinity',
  id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
};

export function createLibraryRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Up to `limit` files that are older than `after`, newest first. */
    async findPage(
      storeId: string,
      { after, limit }: { after: KeysetPosition | null; limit: number },
    ): Promise<MediaFileRecord[]> {
      const { createdAt, id } = after ?? START;
      const { rows } = await pool.query<FileRow>(PAGE, [storeId, createdAt, id, limit]);
      return rows.map(toMediaFile);
    },

    async count(storeId: string): Promise<number> {
      const { rows } = await pool.query<{ count: string }>(COUNT, [storeId]);
      return Number(rows[0]?.count);
    },
  };
}
export type LibraryRepository = ReturnType<typeof createLibraryRepository>;
