import { type AcCodes, END_OF_BLOCK, ZERO_RUN, createAcCodes, valueBitsOf } from './ac-codes.ts';
import { type DcCodes, createDcCodes } from './dc-codes.ts';
import { type HuffmanTable, createCodes } from './huffman.ts';
import { type JpegHead, MARKERS } from './segments.ts';

/** The tables before the first scan, by number. The last one of each number applies. */
export interface Tables {
  readonly dc: ReadonlyMap<number, HuffmanTable>;
  readonly ac: ReadonlyMap<number, HuffmanTable>;
  /** The factor of DC coefficients in each quantization table. */
  readonly dcQuantum: ReadonlyMap<number, number>;
}

const QUANTIZATION_BYTES = 65;
const CODE_LENGTHS = 16;
const MAX_CODES = 256;
const MAX_TABLE = 3;
const AC_CLASS = 0x10;
/** For samples of 8 bits (ITU-T T.81, tables F.1 and F.2). */
const MAX_DC_BITS = 11;
const MAX_AC_BITS = 10;

/** Null if the segments contain anything else, or rare kinds of tables. */
export function readTables({ segments }: JpegHead): Tables | null {
  const dc = new Map<number, HuffmanTable>();
  const ac = new Map<number, HuffmanTable>();
  const dcQuantum = new Map<number, number>();
  for (const { marker, body } of segments) {
    if (marker === MARKERS.QUANTIZATION_TABLES && !readDcQuanta(body, dcQuantum)) return null;
    if (marker === MARKERS.HUFFMAN_TABLES && !readHuffmanTables(body, { dc, ac })) return null;
  }
  return { dc, ac, dcQuantum };
}

/** Most cameras and programs write the same tables, and creating their codes takes time. */
function remembering<Value>(
  create: (table: HuffmanTable) => Value,
): (table: HuffmanTable) => Value {
  const known = new Map<string, Value>();
  return (table) => {
    const key = Buffer.concat([table.counts, table.symbols]).toString('latin1');
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const value = create(table);
    known.set(key, value);
    return value;
  };
}
const MAX_REMEMBERED = 16;

/** Null if the codes are impossible, or not those of 8-bit DC coefficients. */
export const dcCodesOf = remembering(createDcCodesOf);
/** Null if the codes are impossible, or not those of 8-bit AC coefficients. */
export const acCodesOf = remembering(createAcCodesOf);

function createDcCodesOf({ counts, symbols }: HuffmanTable): DcCodes | null {
  const isUsual = symbols.every((symbol) => symbol <= MAX_DC_BITS);
  const codes = isUsual ? createCodes({ counts, symbols }) : null;
  return codes && createDcCodes(codes);
}

function createAcCodesOf({ counts, symbols }: HuffmanTable): AcCodes | null {
  const codes = symbols.every(isAcSymbol) ? createCodes({ counts, symbols }) : null;
  return codes && createAcCodes(codes);
}

const isAcSymbol = (symbol: number) =>
  symbol === END_OF_BLOCK ||
  symbol === ZERO_RUN ||
  (valueBitsOf(symbol) > 0 && valueBitsOf(symbol) <= MAX_AC_BITS);

/** ITU-T T.81, B.2.4.1: a table's number and the 8-bit factors of its 64 coefficients. */
function readDcQuanta(body: Buffer, dcQuantum: Map<number, number>): boolean {
  if (body.length % QUANTIZATION_BYTES !== 0) return false;
  for (let at = 0; at < body.length; at += QUANTIZATION_BYTES) {
    const [number = 0, quantum = 0] = body.subarray(at);
    // 16-bit factors would set the upper half of this byte.
    if (number > MAX_TABLE) return false;
    dcQuantum.set(number, quantum);
  }
  return true;
}

/**
 * ITU-T T.81, B.2.4.2: a table's class and number, the number of codes of each length, and their
 * symbols.
 */
function readHuffmanTables(
  body: Buffer,
  { dc, ac }: { dc: Map<number, HuffmanTable>; ac: Map<number, HuffmanTable> },
): boolean {
  for (let at = 0; at < body.length;) {
    const kind = body[at] ?? 0;
    const start = at + 1 + CODE_LENGTHS;
    const counts = body.subarray(at + 1, start);
    const codes = counts.reduce((sum, count) => sum + count, 0);
    const number = kind % AC_CLASS;
    if (start + codes > body.length || codes > MAX_CODES) return false;
    if (kind >= 2 * AC_CLASS || number > MAX_TABLE) return false;
    const table = { counts, symbols: body.subarray(start, start + codes) };
    (kind < AC_CLASS ? dc : ac).set(number, table);
    at = start + codes;
  }
  return true;
}
