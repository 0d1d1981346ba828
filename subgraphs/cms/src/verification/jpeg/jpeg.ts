import type { FileWindow } from '../file-window.ts';
import { type JpegHead, readJpegHead } from './segments.ts';

/** Of larger ones only the head is read: libvips doesn't need them in memory. */
const MAX_WHOLE_BYTES = 4 * 2 ** 20;
/** Tables and a colour profile fit; where they don't, libvips tells. */
const HEAD_BYTES = 8192;

export interface Jpeg {
  /** The whole file, or its beginning. */
  readonly bytes: Buffer;
  readonly head: JpegHead;
}

/** Null when its head is too long, or anything in it is out of place. */
export function openJpeg(file: Pick<FileWindow, 'slice'>, byteSize: number): Jpeg | null {
  const bytes = file.slice(0, byteSize <= MAX_WHOLE_BYTES ? byteSize : HEAD_BYTES);
  const head = readJpegHead(bytes);
  return head && { bytes, head };
}
