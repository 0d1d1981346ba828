/** The markers of a JPEG (ITU-T T.81, table B.1) that are used here. */
export const MARKERS = {
  BASELINE: 0xc0,
  EXTENDED: 0xc1,
  PROGRESSIVE: 0xc2,
  HUFFMAN_TABLES: 0xc4,
  /** The first of eight markers that are used in turn. */
  RESTART: 0xd0,
  START_OF_IMAGE: 0xd8,
  END_OF_IMAGE: 0xd9,
  START_OF_SCAN: 0xda,
  QUANTIZATION_TABLES: 0xdb,
  RESTART_INTERVAL: 0xdd,
  APP0: 0xe0,
  /** Contains Exif. */
  APP1: 0xe1,
  /** Contains a colour profile. */
  APP2: 0xe2,
  /** Contains IPTC. */
  APP13: 0xed,
  /** Contains Adobe's colour space. */
  APP14: 0xee,
  APP15: 0xef,
  COMMENT: 0xfe,
} as const;

/** The longest printer profile has fewer. More would only cost time and memory. */
const MAX_SEGMENTS = 64;

export interface Segment {
  readonly marker: number;
  /** The bytes after the marker and the length. */
  readonly body: Buffer;
}

export interface JpegHead {
  /** In order, from the start of the image to the header of the first scan, inclusive. */
  readonly segments: readonly Segment[];
  /** The position of the data of the first scan. */
  readonly scanStart: number;
}

/**
 * Reads a JPEG up to its image data. Null if `bytes` does not contain all of it, if it has too many
 * segments, or if it is not a valid sequence of segments.
 */
export function readJpegHead(bytes: Buffer): JpegHead | null {
  if (bytes[0] !== 0xff || bytes[1] !== MARKERS.START_OF_IMAGE) return null;
  const segments: Segment[] = [];
  for (let at = 2; at + 4 <= bytes.length && segments.length < MAX_SEGMENTS;) {
    const marker = bytes[at + 1] ?? 0;
    const length = bytes.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (bytes[at] !== 0xff || !hasLength(marker) || length < 2 || end > bytes.length) return null;
    segments.push({ marker, body: bytes.subarray(at + 4, end) });
    if (marker === MARKERS.START_OF_SCAN) return { segments, scanStart: end };
    at = end;
  }
  return null;
}

/**
 * Other markers have no length or are reserved, and decoders could continue at different positions.
 */
const hasLength = (marker: number) => marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);

/**
 * The body of the only segment with one of `markers`. Null if there is no such segment, or several.
 */
export function onlySegment({ segments }: JpegHead, ...markers: readonly number[]): Buffer | null {
  const [segment, ...others] = segments.filter(({ marker }) => markers.includes(marker));
  return segment && others.length === 0 ? segment.body : null;
}
