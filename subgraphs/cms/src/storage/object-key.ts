/** One set of bytes: of a new file, or, with `replaces`, another content of an existing file. */
interface Content {
  readonly id: string;
  readonly storeId: string;
  readonly replaces: { readonly mediaId: string; readonly number: number } | null;
}

/** Where the bytes of one file live, and no other's: a purge needs no count of references. */
export const objectPrefix = ({ id, storeId }: { id: string; storeId: string }): string =>
  `${storeId}/${id}/`;

/**
 * What the keys of an upload's own objects begin with, and those of no other content: a file of its own
 * has a folder to itself; bytes for a file that is there share its folder and differ by their number.
 */
export const contentPrefix = ({ id, storeId, replaces }: Content): string =>
  replaces
    ? `${objectPrefix({ id: replaces.mediaId, storeId })}${replaces.number}-`
    : `${objectPrefix({ id, storeId })}1-`;

/** Where one set of bytes lives for good: the key says what is in it, so it never changes. */
export const storageKey = (
  upload: Content,
  content: { sha256: string; extension: string },
): string => `${contentPrefix(upload)}${content.sha256}.${content.extension}`;
