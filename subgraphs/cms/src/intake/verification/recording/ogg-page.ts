import type { Read } from './read-ahead.ts';

/** A page of an Ogg file (RFC 3533, 6). */
export interface OggPage {
  readonly isFirst: boolean;
  readonly serial: number;
  /** The position after the last packet that ends on this page, in units of the codec; null if none ends here. */
  readonly granule: bigint | null;
  /** Whether its last packet continues on the next page. */
  readonly isContinued: boolean;
  /** Where the content begins and the page ends. */
  readonly content: number;
  readonly end: number;
}

const HEADER_BYTES = 27;
const MAX_SEGMENTS = 255;
const [FIRST, NO_GRANULE] = [2, -1n];

/** The page at a position; null if there is no whole header. */
export function readPage(read: Read, at: number): OggPage | null {
  const header = read(at, HEADER_BYTES + MAX_SEGMENTS);
  const [version = 1, flags = 0] = header.subarray(4);
  if (header.length < HEADER_BYTES || version !== 0) return null;
  if (header.toString('latin1', 0, 4) !== 'OggS') return null;
  const segments = header[HEADER_BYTES - 1] ?? 0;
  const content = HEADER_BYTES + segments;
  if (header.length < content) return null;
  const lengths = header.subarray(HEADER_BYTES, content);
  const granule = header.readBigInt64LE(6);
  return {
    isFirst: (flags & FIRST) !== 0,
    serial: header.readUInt32LE(14),
    granule: granule === NO_GRANULE ? null : granule,
    isContinued: lengths.at(-1) === 255,
    content: at + content,
    end: lengths.reduce((sum, length) => sum + length, at + content),
  };
}

/** Whether the file ends within the header of a page that begins here. */
export function isCutPage(read: Read, at: number): boolean {
  const header = read(at, HEADER_BYTES + MAX_SEGMENTS);
  const isCut = header.length < HEADER_BYTES + (header[HEADER_BYTES - 1] ?? 0);
  return isCut && 'OggS\0'.startsWith(header.toString('latin1', 0, 5));
}
