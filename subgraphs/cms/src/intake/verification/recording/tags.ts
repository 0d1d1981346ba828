import type { Read } from './read-ahead.ts';

export const ID3_HEADER_BYTES = 10;
const APE_BYTES = 32;
const ID3V1_BYTES = 128;
const LYRICS_END_BYTES = 15;
const CHUNK_BYTES = 4096;

/**
 * Where the tags end that begin at `from`: ID3v2 (id3.org, 2.4, 3.1) and APEv2, several of them, with zeros before,
 * between and after them. May be beyond the end of the file.
 */
export function skipTags(read: Read, from: number): number {
  let end = skipZeros(read, from);
  for (;;) {
    const bytes = id3Bytes(read(end, ID3_HEADER_BYTES)) ?? apeBytes(read(end, APE_BYTES));
    if (bytes === null) return end;
    end = skipZeros(read, end + bytes);
  }
}

/** The length of the ID3v2 tag that `header` begins; null if there is no such tag. Its digits have seven bits. */
export function id3Bytes(header: Buffer): number | null {
  if (header.length < ID3_HEADER_BYTES || header.toString('latin1', 0, 3) !== 'ID3') return null;
  const [major = 0xff, revision = 0xff, flags = 0, ...digits] = header.subarray(
    3,
    ID3_HEADER_BYTES,
  );
  if (major === 0xff || revision === 0xff || digits.some((digit) => digit > 0x7f)) return null;
  const hasFooter = (flags & 0x10) !== 0;
  const bytes = digits.reduce((sum, digit) => sum * 0x80 + digit, 0);
  return ID3_HEADER_BYTES + bytes + (hasFooter ? ID3_HEADER_BYTES : 0);
}

/** The length of an APEv2 tag with its header, from its header or its footer, which have the same form. */
function apeBytes(header: Buffer): number | null {
  if (header.length < APE_BYTES || header.toString('latin1', 0, 8) !== 'APETAGEX') return null;
  const hasHeader = header.readUInt32LE(20) >= 0x8000_0000;
  return Math.max(APE_BYTES, header.readUInt32LE(12) + (hasHeader ? APE_BYTES : 0));
}

function skipZeros(read: Read, from: number): number {
  for (let at = from; ; at += CHUNK_BYTES) {
    const bytes = read(at, CHUNK_BYTES);
    const other = bytes.findIndex((byte) => byte !== 0);
    if (other !== -1) return at + other;
    if (bytes.length < CHUNK_BYTES) return from; // Zeros until the end are no padding.
  }
}

/** Where the tags at the end of a file begin: ID3v1, APEv2 and Lyrics3v2, several of them. */
export function endBeforeTags(read: Read, byteSize: number): number {
  let end = byteSize;
  for (;;) {
    const bytes = lastTagBytes(read, end);
    if (bytes === 0 || bytes > end) return end;
    end -= bytes;
  }
}

function lastTagBytes(read: Read, end: number): number {
  if (end < ID3V1_BYTES) return 0;
  if (read(end - ID3V1_BYTES, 3).toString('latin1') === 'TAG') return ID3V1_BYTES;
  const lyrics = /^(\d{6})LYRICS200$/.exec(
    read(end - LYRICS_END_BYTES, LYRICS_END_BYTES).toString('latin1'),
  );
  if (lyrics) return Number(lyrics[1]) + LYRICS_END_BYTES;
  return apeBytes(read(end - APE_BYTES, APE_BYTES)) ?? 0;
}
