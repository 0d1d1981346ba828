import { SQLSTATE } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import type pg from 'pg';

const KEEP = {
  name: 'keep-rendition',
  // Does not wait for the disk: a rendition lost in a power failure is rendered again.
  text: `SELECT key FROM set_config('synchronous_commit', 'off', true),
    keep_rendition($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS key`,
};

/** A rendition of one set of bytes. */
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

/** The rows of stored renditions. */
export function createRenditionRepository({ pool }: { pool: pg.Pool }) {
  return {
    /**
     * Records a stored rendition and keeps only the `maxAdHoc` most recently used ad hoc renditions
     * of its file. Returns the keys of objects that are not referenced any more: those it replaced
     * or evicted, or its own key if the original was purged in the meantime.
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
