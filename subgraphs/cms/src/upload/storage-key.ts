import type { Reservation } from './reservation-repository.ts';

/** Where the bytes of one file live, and no other's: a purge needs no count of references. */
export const storageFolder = ({ id, storeId }: { id: string; storeId: string }): string =>
  `${storeId}/${id}/`;

/**
 * What the keys of an upload's own objects begin with, and those of no other content: a file of its own
 * has a folder to itself; bytes for a file that is there share its folder and differ by their number.
 */
export const storagePrefix = ({ id, storeId, replaces }: Reservation): string =>
  replaces
    ? `${storageFolder({ id: replaces.mediaId, storeId })}${replaces.number}-`
    : `${storageFolder({ id, storeId })}1-`;

/** Where one set of bytes lives for good: the key says what is in it, so it never changes. */
export const storageKey = (
  reservation: Reservation,
  content: { sha256: string; extension: string },
): string => `${storagePrefix(reservation)}${content.sha256}.${content.extension}`;
