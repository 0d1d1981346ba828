import { type JpegHead, MARKERS, onlySegment } from './segments.ts';

/** Huffman-coded: all but what nobody writes. */
const FRAMES = [MARKERS.BASELINE, MARKERS.EXTENDED, MARKERS.PROGRESSIVE];

/**
 * The size of a JPEG as its frame header states it (ITU-T T.81, B.2.2), if nothing before its first scan
 * could turn the picture, as Exif may. Null: it takes libvips to tell. Not a promise that it can be decoded.
 */
export function plainJpegSize(head: JpegHead): { width: number; height: number } | null {
  const frame = onlySegment(head, ...FRAMES);
  const mayBeTurned = head.segments.some(({ marker }) => marker === MARKERS.APP1);
  if (!frame || frame.length < 6 || mayBeTurned) return null;
  return { height: frame.readUInt16BE(1), width: frame.readUInt16BE(3) };
}
