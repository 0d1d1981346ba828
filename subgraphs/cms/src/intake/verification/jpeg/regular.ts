import { MARKERS } from './segments.ts';

const FILL = 0xff;
const ADOBE_TRANSFORM_AT = 11;
const YCBCR = 1;

/**
 * The same JPEG without irregularities that lose nothing, which the decoder warns of as it warns of
 * damage: bytes before markers and zeros after data, as cameras and Photoshop write them; parameters
 * of a scan that a sequential image does not have; an unknown number for the colours of three
 * channels. Null if segments or the end are missing.
 */
export function regularJpeg(bytes: Buffer): Buffer | null {
  const parts = [bytes.subarray(0, 2)];
  let isSequential = false;
  let components = 0;
  for (let at = 2; ;) {
    const { marker, start } = nextMarker(bytes, at);
    if (marker === undefined) return null;
    at = start;
    if (marker === MARKERS.END_OF_IMAGE) {
      parts.push(Buffer.from([FILL, marker]));
      return Buffer.concat(parts);
    }
    if (start + 2 > bytes.length) return null;
    const end = start + bytes.readUInt16BE(start);
    if (end < start + 2 || end > bytes.length) return null;
    const segment = Buffer.concat([Buffer.from([FILL, marker]), bytes.subarray(start, end)]);
    if (isFrame(marker)) {
      isSequential = marker === MARKERS.BASELINE || marker === MARKERS.EXTENDED;
      components = segment[9] ?? 0;
    }
    if (marker === MARKERS.APP14) regulateColours(segment, components);
    if (marker === MARKERS.START_OF_SCAN && isSequential)
      segment.set([0, 63, 0], segment.length - 3);
    parts.push(segment);
    at = end;
    if (marker !== MARKERS.START_OF_SCAN) continue;
    const dataEnd = endOfData(bytes, end);
    if (dataEnd === null) return null;
    parts.push(bytes.subarray(end, withoutZeros(bytes, { start: end, end: dataEnd })));
    at = dataEnd;
  }
}

const isFrame = (marker: number) => marker >= MARKERS.BASELINE && marker <= MARKERS.PROGRESSIVE;

/** The next marker that is not a restart, and the position after it. */
function nextMarker(bytes: Buffer, from: number): { marker: number | undefined; start: number } {
  for (let at = bytes.indexOf(FILL, from); at !== -1; at = bytes.indexOf(FILL, at + 1)) {
    const marker = bytes[at + 1];
    if (marker !== FILL && marker !== 0 && !isRestart(marker)) return { marker, start: at + 2 };
  }
  return { marker: undefined, start: bytes.length };
}

/** Where the marker after a scan's data is. Zeros are stuffed after 0xff in data, and restarts are part of it. */
function endOfData(bytes: Buffer, from: number): number | null {
  const { marker, start } = nextMarker(bytes, from);
  return marker === undefined ? null : start - 2;
}

const isRestart = (marker = 0) => marker >= MARKERS.RESTART && marker < MARKERS.START_OF_IMAGE;

function withoutZeros(bytes: Buffer, { start, end }: { start: number; end: number }): number {
  let at = end;
  while (at > start + 1 && bytes[at - 1] === 0 && bytes[at - 2] !== FILL) at -= 1;
  return at;
}

/** Decoders assume YCbCr, with a warning. The segment may come before the frame, which has three components then. */
function regulateColours(segment: Buffer, components: number): void {
  const at = 4 + ADOBE_TRANSFORM_AT;
  const isAdobe = segment.toString('latin1', 4, 9) === 'Adobe' && segment.length > at;
  if (isAdobe && components !== 4 && (segment[at] ?? 0) > YCBCR) segment[at] = YCBCR;
}
