import { type JpegHead, MARKERS, onlySegment } from './segments.ts';

/** The Huffman-coded frames. Others are practically unused. */
const FRAMES = [MARKERS.BASELINE, MARKERS.EXTENDED, MARKERS.PROGRESSIVE];

/** Lossless, hierarchical and arithmetic frames (ITU-T T.81, table B.1), which browsers do not show. */
const RARE_FRAMES = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

export const hasRareFrame = ({ segments }: JpegHead): boolean =>
  segments.some(({ marker }) => RARE_FRAMES.has(marker));

/**
 * The size in the frame header (ITU-T T.81, B.2.2), if no Exif could rotate the image. Null if
 * libvips has to determine it. Does not mean that the image can be decoded.
 */
export function plainJpegSize(head: JpegHead): { width: number; height: number } | null {
  const frame = onlySegment(head, ...FRAMES);
  const mayBeTurned = head.segments.some(({ marker }) => marker === MARKERS.APP1);
  if (!frame || frame.length < 6 || mayBeTurned) return null;
  return { height: frame.readUInt16BE(1), width: frame.readUInt16BE(3) };
}
