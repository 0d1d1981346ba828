/** Codes of up to this many bits are looked up in one step. */
export const SHORT_BITS = 12;
const MAX_CODE_BITS = 16;

/**
 * A symbol and the length of its code in one number. 0 means no symbol, because every code has at
 * least one bit.
 */
const entry = (symbol: number, bits: number) => (symbol << 5) | bits;
export const bitsOf = (found: number): number => found & 31;
export const symbolOf = (found: number): number => found >> 5;

/** A Huffman table as the file contains it (ITU-T T.81, B.2.4.2). */
export interface HuffmanTable {
  /** The number of codes of 1, 2 … 16 bits. */
  readonly counts: Uint8Array;
  /** The symbols of the codes, in order. */
  readonly symbols: Uint8Array;
}

/** The codes of a table (ITU-T T.81, C.2). */
export interface Codes {
  /**
   * The entry of the code at the start of these 16 bits, see `bitsOf` and `symbolOf`. 0 if there is
   * no such code.
   */
  find(bits16: number): number;
  /** The same by the first 12 bits. Also 0 if the code is longer. */
  readonly short: Uint16Array;
}

/** Null if a length has too many codes. A code never consists of ones only. */
export function createCodes({ counts, symbols }: HuffmanTable): Codes | null {
  const short = new Uint16Array(1 << SHORT_BITS);
  /**
   * By length: the last code plus one, and the difference between a code and the index of its
   * symbol.
   */
  const ends = new Int32Array(MAX_CODE_BITS + 1);
  const offsets = new Int32Array(MAX_CODE_BITS + 1);
  let code = 0;
  let index = 0;
  for (let bits = 1; bits <= MAX_CODE_BITS; bits += 1) {
    offsets[bits] = index - code;
    for (let count = counts[bits - 1] ?? 0; count > 0; count -= 1) {
      const from = code << (SHORT_BITS - bits);
      const to = (code + 1) << (SHORT_BITS - bits);
      if (bits <= SHORT_BITS) short.fill(entry(symbols[index] ?? 0, bits), from, to);
      code += 1;
      index += 1;
    }
    if (code >= 1 << bits) return null;
    ends[bits] = code;
    code <<= 1;
  }

  function find(bits16: number): number {
    for (let bits = 1; bits <= MAX_CODE_BITS; bits += 1) {
      const prefix = bits16 >>> (MAX_CODE_BITS - bits);
      if (prefix < (ends[bits] ?? 0)) {
        return entry(symbols[prefix + (offsets[bits] ?? 0)] ?? 0, bits);
      }
    }
    return 0;
  }

  return { find, short };
}
