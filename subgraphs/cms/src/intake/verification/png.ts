import type { FileWindow } from './file-window.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;

/**
 * Whether the chunks of a PNG continue up to a complete IEND (PNG, 3rd edition, 5.3 and 11.2.5).
 * The decoder does not notice a missing one: it stops at the last row of the first image.
 */
export function isCompletePng(file: Pick<FileWindow, 'slice'>, byteSize: number): boolean {
  let position = SIGNATURE_BYTES;
  for (;;) {
    const head = file.slice(position, 8);
    if (head.length < 8) return false;
    position += FRAME_BYTES + head.readUInt32BE();
    if (head.toString('latin1', 4) === 'IEND') return position <= byteSize;
  }
}
