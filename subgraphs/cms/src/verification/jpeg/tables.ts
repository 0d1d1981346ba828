import { type AcCodes, END_OF_BLOCK, ZERO_RUN, createAcCodes, valueBitsOf } from './ac-codes.ts';
import { type Codes, createCodes } from './huffman.ts';
import { type JpegHead, MARKERS } from './segments.ts';

/** By their numbers. */
export interface Tables {
  readonly dc: ReadonlyMap<number, Codes>;
  readonly ac: ReadonlyMap<number, AcCodes>;
  /** The one number of a quantization table that DC coefficients are multiplied with. */
  readonly dcQuantum: ReadonlyMap<number, number>;
}

const QUANTIZATION_BYTES = 65;
const CODE_LENGTHS = 16;
const MAX_TABLE = 3;
const AC_CLASS = 0x10;
/** Of samples of 8 bits (ITU-T T.81, tables F.1 and F.2). */
const MAX_DC_BITS = 11;
const MAX_AC_BITS = 10;

/** The tables that stand before the first scan. Null when one is broken, or of a kind hardly anybody writes. */
export function readTables({ segments }: JpegHead): Tables | null {
  const dc = new Map<number, Codes>();
  const ac = new Map<number, AcCodes>();
  const dcQuantum = new Map<number, number>();
  for (const { marker, body } of segments) {
    if (marker === MARKERS.QUANTIZATION_TABLES && !readDcQuanta(body, dcQuantum)) return null;
    if (marker === MARKERS.HUFFMAN_TABLES && !readCodes(body, { dc, ac })) return null;
  }
  return { dc, ac, dcQuantum };
}

/** ITU-T T.81, B.2.4.1, of 8 bits: a table's number, then what its 64 coefficients are multiplied with. */
function readDcQuanta(body: Buffer, dcQuantum: Map<number, number>): boolean {
  if (body.length % QUANTIZATION_BYTES !== 0) return false;
  for (let at = 0; at < body.length; at += QUANTIZATION_BYTES) {
    const [number = 0, quantum = 0] = body.subarray(at);
    if (number > MAX_TABLE) return false;
    dcQuantum.set(number, quantum);
  }
  return true;
}

/** ITU-T T.81, B.2.4.2: a table's class and number, how many codes it has of each length, their symbols. */
function readCodes(
  body: Buffer,
  { dc, ac }: { dc: Map<number, Codes>; ac: Map<number, AcCodes> },
): boolean {
  for (let at = 0; at < body.length;) {
    const kind = body[at] ?? 0;
    const counts = body.subarray(at + 1, at + 1 + CODE_LENGTHS);
    const start = at + 1 + counts.length;
    const end = start + counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(start, end);
    const codes = end > body.length ? null : createCodes(counts, symbols);
    if (!codes) return false;
    if (kind <= MAX_TABLE && symbols.every(isDcSymbol)) dc.set(kind, codes);
    else if (isAcTable(kind) && symbols.every(isAcSymbol)) {
      ac.set(kind - AC_CLASS, createAcCodes(codes));
    } else return false;
    at = end;
  }
  return true;
}

const isAcTable = (kind: number) => kind >= AC_CLASS && kind <= AC_CLASS + MAX_TABLE;
const isDcSymbol = (symbol: number) => symbol <= MAX_DC_BITS;
const isAcSymbol = (symbol: number) =>
  symbol === END_OF_BLOCK ||
  symbol === ZERO_RUN ||
  (valueBitsOf(symbol) > 0 && valueBitsOf(symbol) <= MAX_AC_BITS);
