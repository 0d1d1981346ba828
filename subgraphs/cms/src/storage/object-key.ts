/** One set of bytes: of a new file or, with `replaces`, the new content of an existing file. */
interface Content {
  readonly id: string;
  readonly storeId: string;
  readonly replaces: { readonly mediaId: string; readonly number: number } | null;
}

/**
 * The prefix of all objects of one file. No other file uses it, so a purge needs no reference
 * count.
 */
export const objectPrefix = ({ id, storeId }: { id: string; storeId: string }): string =>
  `${storeId}/${id}/`;

/**
 * The prefix of the keys of this content only. A new file has its own folder; new content of an
 * existing file shares the file's folder and has its own number.
 */
export const contentPrefix = ({ id, storeId, replaces }: Content): string =>
  replaces
    ? `${objectPrefix({ id: replaces.mediaId, storeId })}${replaces.number}-`
    : `${objectPrefix({ id, storeId })}1-`;

/** The key of one set of bytes. It contains their checksum, so an object never changes. */
export const storageKey = (
  upload: Content,
  content: { sha256: string; extension: string },
): string => `${contentPrefix(upload)}${content.sha256}.${content.extension}`;
