import type { FileWindow } from './file-window.ts';

/** Tables and a colour profile fit; where they don't, the size is found in another way. */
const HEAD_BYTES = 8192;
const START_OF_SCAN = 0xda;
/** Baseline, extended and progressive, Huffman-coded: all but what nobody writes. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
/** Where Exif would be: it may say that the picture is to be turned. */
const APP1 = 0xe1;

/**
 * The size of a JPEG as its frame header states it (ITU-T T.81, B.2.2), if nothing before its first scan
 * could turn the picture. Null: it takes libvips to tell, for a fifteenth of the time that decoding takes.
 * Not a promise that it can be decoded.
 */
export function plainJpegSize(
  file: Pick<FileWindow, 'slice'>,
): { width: number; height: number } | null {
  const head = file.slice(0, HEAD_BYTES);
  let size: { width: number; height: number } | null = null;
  for (let at = 2; at + 9 <= head.length; at += 2 + head.readUInt16BE(at + 2)) {
    const marker = head[at + 1] ?? 0;
    if (head[at] !== 0xff || !hasLength(marker) || marker === APP1) return null;
    if (marker === START_OF_SCAN) return size;
    if (!FRAMES.has(marker)) continue;
    if (size) return null;
    size = { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
  }
  return null;
}

/** The others are out of place before a scan, and would make two readers read on at different places. */
const hasLength = (marker: number) => marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);
