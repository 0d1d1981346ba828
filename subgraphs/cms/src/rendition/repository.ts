import { databaseCode } from '@federated-media/subgraph-kit/database-error';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';

const FOREIGN_KEY_VIOLATION = '23503';

const FIND = {
  name: 'find-rendition',
  text: `
  WITH found AS (
    SELECT r.mime_type AS "mimeType", r.byte_size AS "byteSize", r.checksum,
      r.file_path AS "storageKey", r.used_at
    FROM media_renditions r
    WHERE r.store_id = $1 AND r.media_id = $2 AND r.content_number = $3 AND r.name = $4
  ), used AS (
    UPDATE media_renditions r SET used_at = now() FROM found
    WHERE r.media_id = $2 AND r.content_number = $3 AND r.name = $4
      AND found.used_at < now() - interval '10 minutes'
  )
  SELECT "mimeType", "byteSize", checksum, "storageKey" FROM found`,
};

/** One at a time of a file, else none would count the others' new ones; and in a purge's order. */
const LOCK_FILE = 'SELECT FROM media_files WHERE store_id = $1 AND id = $2 FOR NO KEY UPDATE';

/** The new one is not among those its own statement sees, so there is one place less for the others. */
const KEEP = `
  WITH replaced AS (
    SELECT r.file_path FROM media_renditions r
    WHERE r.media_id = $2 AND r.content_number = $3 AND r.name = $4 AND r.file_path <> $8
  ), kept AS (
    INSERT INTO media_renditions
      (store_id, media_id, content_number, name, mime_type, byte_size, checksum, file_path, free)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (media_id, content_number, name) DO UPDATE SET
      byte_size = excluded.byte_size, checksum = excluded.checksum, file_path = excluded.file_path,
      used_at = now()
  ), surplus AS (
    SELECT r.content_number, r.name FROM media_renditions r
    WHERE r.media_id = $2 AND r.free AND (r.content_number, r.name) <> ($3, $4)
    ORDER BY r.used_at DESC, r.created_at DESC
    OFFSET greatest($10::int - $9::boolean::int, 0)
  ), dropped AS (
    DELETE FROM media_renditions r USING surplus
    WHERE r.media_id = $2 AND r.content_number = surplus.content_number AND r.name = surplus.name
    RETURNING r.file_path
  )
  SELECT file_path AS key FROM replaced UNION ALL SELECT file_path FROM dropped`;

/** One set of bytes, and how a picture is made of them. */
export interface RenditionRef {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
  readonly name: string;
}

export interface StoredRendition {
  readonly mimeType: string;
  readonly byteSize: number;
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly storageKey: string;
}

/** Renditions that were made and are in the storage. */
export function createRenditionRepository({ pool }: { pool: pg.Pool }) {
  return {
    /** Counts as a use. */
    async find(ref: RenditionRef): Promise<StoredRendition | null> {
      const { rows } = await pool.query<StoredRendition>({ ...FIND, values: valuesOf(ref) });
      return rows[0] ?? null;
    },

    /**
     * Remembers it; of the free ones of its file, only the `maxFree` used last. Answers with the keys of
     * objects that nobody refers to any more: those it took the place of or, should the bytes it was made
     * of be gone, its own.
     */
    async keep(
      ref: RenditionRef,
      stored: StoredRendition,
      { isFree, maxFree }: { isFree: boolean; maxFree: number },
    ): Promise<string[]> {
      const { mimeType, byteSize, checksum, storageKey } = stored;
      const values = [mimeType, byteSize, checksum, storageKey, isFree, maxFree];
      try {
        return await inTransaction(pool, async (client) => {
          await client.query(LOCK_FILE, [ref.storeId, ref.mediaId]);
          const { rows } = await client.query<{ key: string }>(KEEP, [...valuesOf(ref), ...values]);
          return rows.map(({ key }) => key);
        });
      } catch (error) {
        if (databaseCode(error) === FOREIGN_KEY_VIOLATION) return [storageKey];
        throw error;
      }
    },
  };
}
export type RenditionRepository = ReturnType<typeof createRenditionRepository>;

const valuesOf = ({ storeId, mediaId, contentNumber, name }: RenditionRef) => [
  storeId,
  mediaId,
  contentNumber,
  name,
];
