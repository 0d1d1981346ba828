/** The markers of a JPEG (ITU-T T.81, table B.1) that matter here. */
export const MARKERS = {
  BASELINE: 0xc0,
  EXTENDED: 0xc1,
  PROGRESSIVE: 0xc2,
  HUFFMAN_TABLES: 0xc4,
  /** The first of eight that follow each other in turn. */
  RESTART: 0xd0,
  START_OF_IMAGE: 0xd8,
  END_OF_IMAGE: 0xd9,
  START_OF_SCAN: 0xda,
  QUANTIZATION_TABLES: 0xdb,
  RESTART_INTERVAL: 0xdd,
  APP0: 0xe0,
  /** Where Exif is. */
  APP1: 0xe1,
  /** Where a colour profile is. */
  APP2: 0xe2,
  /** Where Adobe states the colour space. */
  APP14: 0xee,
  APP15: 0xef,
  COMMENT: 0xfe,
} as const;

/** The longest profile of a printer takes less. More would take time and memory for nothing. */
const MAX_SEGMENTS = 64;

export interface Segment {
  readonly marker: number;
  /** Behind the marker and the length. */
  readonly body: Buffer;
}

export interface JpegHead {
  /** In order, from behind the start of the image to the header of its first scan, that included. */
  readonly segments: readonly Segment[];
  /** Where the data of that scan begins. */
  readonly scanStart: number;
}

/**
 * What a JPEG says before its picture's data. Null when that is not in `bytes`, is more than anybody has to
 * say, or can't be divided into segments.
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

/** The others have none, or are reserved, and two readers could read on at different places. */
const hasLength = (marker: number) => marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);

/** The body of the only segment with one of `markers`. Null when there is none, and when there are several. */
export function onlySegment({ segments }: JpegHead, ...markers: readonly number[]): Buffer | null {
  const [segment, ...others] = segments.filter(({ marker }) => markers.includes(marker));
  return segment && others.length === 0 ? segment.body : null;
}
