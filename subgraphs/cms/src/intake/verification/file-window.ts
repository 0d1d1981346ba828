import { closeSync, openSync, readSync } from 'node:fs';

const WINDOW_BYTES = 64 * 1024;

/** A file read here and there. Synchronous, for workers only: they have nothing else to do. */
export interface FileWindow extends Disposable {
  /** Fewer bytes, down to none, where the file ends before them. */
  slice(start: number, length: number): Buffer;
  /** The first `byteSize` bytes, and as many zeros behind them. */
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
