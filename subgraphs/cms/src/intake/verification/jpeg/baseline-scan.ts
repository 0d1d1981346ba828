import { type AcCodes, COEFFICIENTS } from './ac-codes.ts';
import type { DcCodes } from './dc-codes.ts';
import { type JpegHead, MARKERS, onlySegment } from './segments.ts';
import { acCodesOf, dcCodesOf, readTables } from './tables.ts';

/** The side of a block in samples. */
export const BLOCK = 8;

/** One of the colour components: Y, Cb and Cr in this order, or only Y. */
export interface Component extends Layout {
  readonly dc: DcCodes;
  readonly ac: AcCodes;
  /** The factor of the DC coefficients. */
  readonly dcQuantum: number;
}

interface Layout {
  /** The number of its blocks in a unit, horizontally and vertically. */
  readonly across: number;
  readonly down: number;
}

export interface BaselineScan {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** The units of the data (ITU-T T.81, A.2.3: MCUs), and their size in pixels. */
  readonly unitsAcross: number;
  readonly unitsDown: number;
  readonly unitWidth: number;
  readonly unitHeight: number;
  /** The number of units between two restarts. */
  readonly restartInterval: number;
  /** The position of the first byte of its data. */
  readonly start: number;
}

/** The segments that are understood, in addition to comments and APPn. */
const KNOWN = new Set<number>([
  MARKERS.BASELINE,
  MARKERS.EXTENDED,
  MARKERS.HUFFMAN_TABLES,
  MARKERS.QUANTIZATION_TABLES,
  MARKERS.RESTART_INTERVAL,
  MARKERS.START_OF_SCAN,
]);
const SAMPLE_BITS = 8;
const MAX_BLOCKS_OF_UNIT = 10;
/** The maximum of libjpeg. */
const MAX_SIDE = 65_500;

/**
 * Reads how the image is coded, if it is the usual way: Huffman-coded, not progressive, grey or Y,
 * Cb and Cr, in a single scan. Null for everything else and for damaged headers.
 */
export function readBaselineScan(head: JpegHead): BaselineScan | null {
  const frame = onlySegment(head, MARKERS.BASELINE, MARKERS.EXTENDED);
  const scan = onlySegment(head, MARKERS.START_OF_SCAN);
  const areKnown = head.segments.every(({ marker }) => KNOWN.has(marker) || isNote(marker));
  if (!areKnown || !frame || !scan) return null;

  const count = frame[5];
  if (frame[0] !== SAMPLE_BITS || (count !== 1 && count !== 3)) return null;
  if (frame.length !== 6 + 3 * count || !isOfAll(scan, count)) return null;
  const components = readComponents(head, { frame, scan, count });
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  if (!components || Math.max(width, height) > MAX_SIDE) return null;

  const unitWidth = BLOCK * Math.max(...components.map(({ across }) => across));
  const unitHeight = BLOCK * Math.max(...components.map(({ down }) => down));
  const unitsAcross = Math.ceil(width / unitWidth);
  const unitsDown = Math.ceil(height / unitHeight);
  const restartInterval = readRestartInterval(head, unitsAcross * unitsDown);
  if (restartInterval === null) return null;
  const units = { unitsAcross, unitsDown, unitWidth, unitHeight, restartInterval };
  return { width, height, components, ...units, start: head.scanStart };
}

const isNote = (marker: number) =>
  marker === MARKERS.COMMENT || (marker >= MARKERS.APP0 && marker <= MARKERS.APP15);

/**
 * Whether the scan (ITU-T T.81, B.2.3) contains all components, all coefficients and all their
 * bits.
 */
const isOfAll = (scan: Buffer, count: number) =>
  scan.length === 4 + 2 * count &&
  scan[0] === count &&
  scan.subarray(-3).equals(Buffer.from([0, COEFFICIENTS - 1, 0]));

/** Combines their entries in the header of the frame (ITU-T T.81, B.2.2) and of the scan. */
function readComponents(
  head: JpegHead,
  { frame, scan, count }: { frame: Buffer; scan: Buffer; count: number },
): Component[] | null {
  const layouts: Layout[] = [];
  for (let index = 0; index < count; index += 1) {
    const [id, sampling = 0] = frame.subarray(6 + 3 * index);
    const [across, down] = [sampling >> 4, sampling & 15];
    // Numbered as in JFIF. With other numbers, decoders may assume other colours.
    if (id !== index + 1 || scan[1 + 2 * index] !== id) return null;
    if (across < 1 || across > 2 || down < 1 || down > 2) return null;
    // The blocks of a single component are not interleaved, whatever its sampling factors.
    layouts.push(count === 1 ? { across: 1, down: 1 } : { across, down });
  }
  const blocks = layouts.reduce((sum, { across, down }) => sum + across * down, 0);
  const tables = blocks > MAX_BLOCKS_OF_UNIT ? null : readTables(head);
  if (!tables) return null;

  const components: Component[] = [];
  for (const [index, layout] of layouts.entries()) {
    const selected = scan[2 + 2 * index] ?? 0;
    const [dcTable, acTable] = [tables.dc.get(selected >> 4), tables.ac.get(selected & 15)];
    const dc = dcTable && dcCodesOf(dcTable);
    const ac = acTable && acCodesOf(acTable);
    const dcQuantum = tables.dcQuantum.get(frame[8 + 3 * index] ?? 0);
    if (!dc || !ac || !dcQuantum) return null;
    components.push({ ...layout, dc, ac, dcQuantum });
  }
  return components;
}

/**
 * In units; the whole image if no interval or 0 is stated. Null if the segment is invalid (ITU-T
 * T.81, B.2.4.4).
 */
function readRestartInterval({ segments }: JpegHead, units: number): number | null {
  const stated = segments.filter(({ marker }) => marker === MARKERS.RESTART_INTERVAL);
  if (stated.some(({ body }) => body.length !== 2)) return null;
  const interval = stated.at(-1)?.body.readUInt16BE() ?? 0;
  return interval === 0 ? units : interval;
}
