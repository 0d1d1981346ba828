import type { FileWindow } from '../../../platform/file-window.ts';
import { SPARE_BYTES } from './entropy.ts';
import { type JpegHead, readJpegHead } from './segments.ts';

/** Only the head of larger files is read, so that memory stays bounded. */
const MAX_WHOLE_BYTES = 32 * 2 ** 20;
/** Enough for Exif with a preview and a colour profile. */
const HEAD_BYTES = 128 * 1024;

export interface Jpeg {
  readonly head: JpegHead;
  /** The whole file followed by SPARE_BYTES. Null if it is too large. */
  readonly bytes: Buffer | null;
}

/** Null if its head is too long or invalid. */
export function openJpeg(
  file: Pick<FileWindow, 'slice' | 'padded'>,
  byteSize: number,
): Jpeg | null {
  const bytes = byteSize <= MAX_WHOLE_BYTES ? file.padded(byteSize, SPARE_BYTES) : null;
  const head = readJpegHead(bytes ?? file.slice(0, HEAD_BYTES));
  return head && { head, bytes };
}
