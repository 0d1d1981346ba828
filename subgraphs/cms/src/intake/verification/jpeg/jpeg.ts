import type { FileWindow } from '../file-window.ts';
import { SPARE_BYTES } from './entropy.ts';
import { type JpegHead, readJpegHead } from './segments.ts';

/** Of larger ones only the head is read, so that memory stays bounded. */
const MAX_WHOLE_BYTES = 32 * 2 ** 20;
/** Exif with a preview and a colour profile fit. */
const HEAD_BYTES = 128 * 1024;

export interface Jpeg {
  readonly head: JpegHead;
  /** The whole file and SPARE_BYTES behind it. Null when it is too large for that. */
  readonly bytes: Buffer | null;
}

/** Null when its head is too long, or anything in it is out of place. */
export function openJpeg(
  file: Pick<FileWindow, 'slice' | 'padded'>,
  byteSize: number,
): Jpeg | null {
  const bytes = byteSize <= MAX_WHOLE_BYTES ? file.padded(byteSize, SPARE_BYTES) : null;
  const head = readJpegHead(bytes ?? file.slice(0, HEAD_BYTES));
  return head && { head, bytes };
}
