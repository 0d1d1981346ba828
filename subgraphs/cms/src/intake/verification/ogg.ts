import type { FileWindow } from './file-window.ts';

const HEADER_BYTES = 27;
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;
const END_OF_STREAM = 4;

/**
 * Whether the last page of an OGG is complete and has the end flag (RFC 3533, 6). A file that was
 * cut between two pages otherwise looks like a shorter recording.
 */
export function hasLastOggPage(file: Pick<FileWindow, 'slice'>, byteSize: number): boolean {
  const tail = file.slice(Math.max(0, byteSize - MAX_PAGE_BYTES), MAX_PAGE_BYTES);
  const start = tail.lastIndexOf('OggS');
  if (start === -1) return false;
  const page = tail.subarray(start);
  const [flags = 0, segments = 0] = [page[5], page[HEADER_BYTES - 1]];
  const lengths = page.subarray(HEADER_BYTES, HEADER_BYTES + segments);
  const end = lengths.reduce((sum, length) => sum + length, HEADER_BYTES + segments);
  return (flags & END_OF_STREAM) !== 0 && end <= page.length;
}
