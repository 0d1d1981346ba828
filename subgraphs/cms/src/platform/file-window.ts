import { closeSync, openSync, readSync } from 'node:fs';

const WINDOW_BYTES = 64 * 1024;

/**
 * Random access to a file. Synchronous, because only workers use it and they have nothing else to
 * do.
 */
export interface FileWindow extends Disposable {
  /** Returns fewer bytes, or none, at the end of the file. */
  slice(start: number, length: number): Buffer;
  /** The first `byteSize` bytes, followed by zeros. */
  padded(byteSize: number, zeros: number): Buffer;
  /** Undefined beyond the end. */
  byteAt(offset: number): number | undefined;
}

export function openWindow(path: string): FileWindow {
  const file = openSync(path, 'r');
  let start = 0;
  let bytes: Buffer = Buffer.alloc(0);

  function slice(from: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, from));
  }

  return {
    slice,
    padded(byteSize, zeros) {
      const buffer = Buffer.alloc(byteSize + zeros);
      readSync(file, buffer, 0, byteSize, 0);
      return buffer;
    },
    byteAt(offset) {
      if (offset < start || offset >= start + bytes.length) {
        start = offset;
        bytes = slice(offset, WINDOW_BYTES);
      }
      return bytes[offset - start];
    },
    [Symbol.dispose]() {
      closeSync(file);
    },
  };
}

/** Bytes in memory as an open file. */
export const windowOn = (bytes: Buffer): FileWindow => ({
  slice: (start, length) => bytes.subarray(start, start + length),
  padded: (byteSize, zeros) => Buffer.concat([bytes.subarray(0, byteSize), Buffer.alloc(zeros)]),
  byteAt: (offset) => bytes[offset],
  [Symbol.dispose]() {},
});
