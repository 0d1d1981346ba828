import type { Reservation } from './reservation-repository.ts';

/** Where the bytes of one file live, and no other's: a purge needs no count of references. */
export const storageFolder = ({ id, storeId }: Reservation): string => `${storeId}/${id}/`;

/** Where one set of bytes lives for good: the key says what is in it, so it never changes. */
export const storageKey = (
  reservation: Reservation,
  content: { number: number; sha256: string; extension: string },
): string =>
  `${storageFolder(reservation)}${content.number}-${content.sha256}.${content.extension}`;
