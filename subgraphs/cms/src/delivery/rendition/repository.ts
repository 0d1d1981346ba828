import { SQLSTATE } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import type pg from 'pg';

const KEEP = {
  name: 'keep-rendition',
  // What a power failure takes is made again: no waiting for the disk.
  text: `SELECT key FROM set_config('synchronous_commit', 'off', true),
    keep_rendition($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS key`,
};

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
    /**
     * Remembers it; of the free ones of its file, only the `maxFree` used last. Answers with the keys of
     * objects that nobody refers to any more: those it took the place of or, should the bytes it was made
     * of be gone, its own.
     */
    async keep(
      ref: RenditionRef,
      stored: StoredRendition,
      { isAdHoc, maxAdHoc }: { isAdHoc: boolean; maxAdHoc: number },
    ): Promise<string[]> {
      const { mimeType, byteSize, checksum, storageKey } = stored;
      const values = [mimeType, byteSize, checksum, storageKey, isAdHoc, maxAdHoc];
      try {
        const keep = { ...KEEP, values: [...valuesOf(ref), ...values] };
        const { rows } = await pool.query<{ key: string }>(keep);
        return rows.map(({ key }) => key);
      } catch (error) {
        if (hasCode(error, SQLSTATE.foreignKeyViolation)) return [storageKey];
        throw error;
      }
    },
  };
}
export type RenditionRepository = ReturnType<typeof createRenditionRepository>;

export const keyOf = ({ storeId, mediaId, contentNumber, name }: RenditionRef) =>
  `${storeId}/${mediaId}/${contentNumber}/${name}`;

export const valuesOf = ({ storeId, mediaId, contentNumber, name }: RenditionRef) => [
  storeId,
  mediaId,
  contentNumber,
  name,
];
