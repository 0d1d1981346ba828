import type { FileWindow } from '../../../platform/file-window.ts';

/** Reads bytes of a file: fewer, or none, at its end. */
export type Read = (offset: number, length: number) => Buffer;

const DEFAULT_WINDOW_BYTES = 4096;

/**
 * Reads at least `windowBytes` at once. For programs that follow a chain of small headers through a long file: the
 * longer the parts between the headers, the smaller the window should be.
 */
export function readAhead(
  file: Pick<FileWindow, 'slice'>,
  windowBytes = DEFAULT_WINDOW_BYTES,
): Read {
  let start = 0;
  let bytes: Buffer = Buffer.alloc(0);
  return (offset, length) => {
    if (offset < start || offset + length > start + bytes.length) {
      start = offset;
      bytes = file.slice(offset, Math.max(length, windowBytes));
    }
    return bytes.subarray(offset - start, offset - start + length);
  };
}
