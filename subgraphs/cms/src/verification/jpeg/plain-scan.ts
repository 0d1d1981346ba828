import { type AcCodes, COEFFICIENTS } from './ac-codes.ts';
import type { Codes } from './huffman.ts';
import { type JpegHead, MARKERS, onlySegment } from './segments.ts';
import { type Tables, readTables } from './tables.ts';

/** The side of a block, in samples. */
export const BLOCK = 8;

/** One of the colours: Y, Cb and Cr in this order, or Y only. */
export interface Component {
  readonly dc: Codes;
  readonly ac: AcCodes;
  /** What its DC coefficients are to be multiplied with. */
  readonly dcQuantum: number;
  /** How many of its blocks stand beside and below each other in a unit. */
  readonly across: number;
  readonly down: number;
}

export interface PlainScan {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** The units its data comes in (ITU-T T.81, A.2.3: MCUs), and how many pixels each covers. */
  readonly unitsAcross: number;
  readonly unitsDown: number;
  readonly unitWidth: number;
  readonly unitHeight: number;
  /** The first byte of its data. */
  readonly start: number;
}

/** All that may stand before the scan, beside notes. */
const PLAIN = new Set<number>([
  MARKERS.BASELINE,
  MARKERS.EXTENDED,
  MARKERS.HUFFMAN_TABLES,
  MARKERS.QUANTIZATION_TABLES,
  MARKERS.START_OF_SCAN,
]);
/** Notes that may mean another side up, or other colours. */
const TELLING = new Set<number>([MARKERS.APP1, MARKERS.APP2, MARKERS.APP14]);
const SAMPLE_BITS = 8;
const MAX_BLOCKS_OF_UNIT = 10;
/** What libjpeg takes. */
const MAX_SIDE = 65_500;

/**
 * How the picture is coded, if it is as most programs write it for the web: baseline, in one scan of all
 * colours, without Exif, colour profile and restart markers. Null for all others, and what is broken.
 */
export function readPlainScan(head: JpegHead): PlainScan | null {
  const frame = onlySegment(head, MARKERS.BASELINE, MARKERS.EXTENDED);
  const scan = onlySegment(head, MARKERS.START_OF_SCAN);
  const tables = readTables(head);
  const isPlain = head.segments.every(({ marker }) => PLAIN.has(marker) || isMereNote(marker));
  if (!isPlain || !frame || !scan || !tables) return null;

  const count = frame[5];
  if (frame[0] !== SAMPLE_BITS || (count !== 1 && count !== 3)) return null;
  if (frame.length !== 6 + 3 * count || !isOfAll(scan, count)) return null;

  const components: Component[] = [];
  for (let index = 0; index < count; index += 1) {
    const component = readComponent(index, { frame, scan, tables });
    if (!component) return null;
    // Alone, its blocks come one by one, whatever is said of it.
    components.push(count === 1 ? { ...component, across: 1, down: 1 } : component);
  }
  const blocks = components.reduce((sum, { across, down }) => sum + across * down, 0);
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  if (blocks > MAX_BLOCKS_OF_UNIT || Math.max(width, height) > MAX_SIDE) return null;

  const unitWidth = BLOCK * Math.max(...components.map(({ across }) => across));
  const unitHeight = BLOCK * Math.max(...components.map(({ down }) => down));
  const unitsAcross = Math.ceil(width / unitWidth);
  const unitsDown = Math.ceil(height / unitHeight);
  const { scanStart: start } = head;
  return { width, height, components, unitsAcross, unitsDown, unitWidth, unitHeight, start };
}

const isMereNote = (marker: number) =>
  marker === MARKERS.COMMENT ||
  (marker >= MARKERS.APP0 && marker <= MARKERS.APP15 && !TELLING.has(marker));

/** Whether a scan (ITU-T T.81, B.2.3) is of all components, of all coefficients and of all their bits. */
const isOfAll = (scan: Buffer, count: number) =>
  scan.length === 4 + 2 * count &&
  scan[0] === count &&
  scan.subarray(-3).equals(Buffer.from([0, COEFFICIENTS - 1, 0]));

/** By its entries in the frame's header (ITU-T T.81, B.2.2) and in the scan's. */
function readComponent(
  index: number,
  { frame, scan, tables }: { frame: Buffer; scan: Buffer; tables: Tables },
): Component | null {
  const [id, sampling = 0, quantization = 0] = frame.subarray(6 + 3 * index);
  const [scanId, selected = 0] = scan.subarray(1 + 2 * index);
  const [across, down] = [sampling >> 4, sampling & 15];
  // As JFIF numbers them; by other numbers, decoders may see other colours.
  if (id !== index + 1 || scanId !== id) return null;
  if (across < 1 || across > 2 || down < 1 || down > 2) return null;

  const dc = tables.dc.get(selected >> 4);
  const ac = tables.ac.get(selected & 15);
  const dcQuantum = tables.dcQuantum.get(quantization);
  return dc && ac && dcQuantum ? { across, down, dc, ac, dcQuantum } : null;
}
