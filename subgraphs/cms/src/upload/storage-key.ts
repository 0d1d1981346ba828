import type { Reservation } from './reservation-repository.ts';

/**
 * What the keys of an upload's own objects begin with, and those of no other content: a file of its own
 * has a folder to itself; bytes for a file that is there share its folder and differ by their number.
 */
export const storagePrefix = ({ id, storeId, replaces }: Reservation): string =>
  replaces ? `${storeId}/${replaces.mediaId}/${replaces.number}-` : `${storeId}/${id}/1-`;

/** Where one set of bytes lives for good: the key says what is in it, so it never changes. */
export const storageKey = (
  reservation: Reservation,
  content: { sha256: string; extension: string },
): string => `${storagePrefix(reservation)}${content.sha256}.${content.extension}`;
