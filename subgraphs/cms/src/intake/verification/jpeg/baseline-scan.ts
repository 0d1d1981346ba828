import { type AcCodes, COEFFICIENTS } from './ac-codes.ts';
import type { Codes } from './huffman.ts';
import { type JpegHead, MARKERS, onlySegment } from './segments.ts';
import { acCodesOf, dcCodesOf, readTables } from './tables.ts';

/** The side of a block, in samples. */
export const BLOCK = 8;

/** One of the colours: Y, Cb and Cr in this order, or Y only. */
export interface Component extends Layout {
  readonly dc: Codes;
  readonly ac: AcCodes;
  /** What its DC coefficients are to be multiplied with. */
  readonly dcQuantum: number;
}

interface Layout {
  /** How many of its blocks stand beside and below each other in a unit. */
  readonly across: number;
  readonly down: number;
}

export interface BaselineScan {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** The units its data comes in (ITU-T T.81, A.2.3: MCUs), and how many pixels each covers. */
  readonly unitsAcross: number;
  readonly unitsDown: number;
  readonly unitWidth: number;
  readonly unitHeight: number;
  /** After how many units the coding begins anew. */
  readonly restartInterval: number;
  /** The first byte of its data. */
  readonly start: number;
}

/** All that may stand before the scan, beside notes. */
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
/** What libjpeg takes. */
const MAX_SIDE = 65_500;

/**
 * How the picture is coded, if it is as most programs do it: by Huffman's codes, not progressive, grey or
 * in Y, Cb and Cr, in a single scan. Null for all others, and for what is broken.
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

/** Whether a scan (ITU-T T.81, B.2.3) is of all components, of all coefficients and of all their bits. */
const isOfAll = (scan: Buffer, count: number) =>
  scan.length === 4 + 2 * count &&
  scan[0] === count &&
  scan.subarray(-3).equals(Buffer.from([0, COEFFICIENTS - 1, 0]));

/** By their entries in the frame's header (ITU-T T.81, B.2.2) and in the scan's. */
function readComponents(
  head: JpegHead,
  { frame, scan, count }: { frame: Buffer; scan: Buffer; count: number },
): Component[] | null {
  const layouts: Layout[] = [];
  for (let index = 0; index < count; index += 1) {
    const [id, sampling = 0] = frame.subarray(6 + 3 * index);
    const [across, down] = [sampling >> 4, sampling & 15];
    // As JFIF numbers them; by other numbers, decoders may see other colours.
    if (id !== index + 1 || scan[1 + 2 * index] !== id) return null;
    if (across < 1 || across > 2 || down < 1 || down > 2) return null;
    // Alone, its blocks come one by one, whatever is said of it.
    layouts.push(count === 1 ? { across: 1, down: 1 } : { across, down });
  }
  const blocks = layouts.reduce((sum, { across, down }) => sum + across * down, 0);
  const tables = blocks > MAX_BLOCKS_OF_UNIT ? null : readTables(head);
  if (!tables) return null;

  const dcCodes = remembering((number) => {
    const table = tables.dc.get(number);
    return table ? dcCodesOf(table) : null;
  });
  const acCodes = remembering((number) => {
    const table = tables.ac.get(number);
    return table ? acCodesOf(table) : null;
  });
  const components: Component[] = [];
  for (const [index, layout] of layouts.entries()) {
    const selected = scan[2 + 2 * index] ?? 0;
    const [dc, ac] = [dcCodes(selected >> 4), acCodes(selected & 15)];
    const dcQuantum = tables.dcQuantum.get(frame[8 + 3 * index] ?? 0);
    if (!dc || !ac || !dcQuantum) return null;
    components.push({ ...layout, dc, ac, dcQuantum });
  }
  return components;
}

/** Colours share tables, and making codes of one takes a while. */
function remembering<Value>(make: (number: number) => Value): (number: number) => Value {
  const made = new Map<number, Value>();
  return (number) => {
    const value = made.get(number) ?? make(number);
    made.set(number, value);
    return value;
  };
}

/** In units; all of them where none is stated, or 0. Null when it is stated wrongly (ITU-T T.81, B.2.4.4). */
function readRestartInterval({ segments }: JpegHead, units: number): number | null {
  const stated = segments.filter(({ marker }) => marker === MARKERS.RESTART_INTERVAL);
  if (stated.some(({ body }) => body.length !== 2)) return null;
  const interval = stated.at(-1)?.body.readUInt16BE() ?? 0;
  return interval === 0 ? units : interval;
}
