import type { FileWindow } from '../intake/verification/file-window.ts';

/** Bytes as an open file. */
export const windowOn = (bytes: Buffer): FileWindow => ({
  slice: (start, length) => bytes.subarray(start, start + length),
  padded: (byteSize, zeros) => Buffer.concat([bytes.subarray(0, byteSize), Buffer.alloc(zeros)]),
  byteAt: (offset) => bytes[offset],
  [Symbol.dispose]() {},
});
