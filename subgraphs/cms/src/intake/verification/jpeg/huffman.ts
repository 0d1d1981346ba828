/** Codes of up to so many bits are looked up at once. */
export const SHORT_BITS = 12;
const MAX_CODE_BITS = 16;

/** A symbol and how many bits its code has, in one number. 0 is none: every code has a bit. */
const entry = (symbol: number, bits: number) => (symbol << 5) | bits;
export const bitsOf = (found: number): number => found & 31;
export const symbolOf = (found: number): number => found >> 5;

/** A Huffman table as the file has it (ITU-T T.81, B.2.4.2). */
export interface HuffmanTable {
  /** Of codes of 1, 2 … 16 bits. */
  readonly counts: Uint8Array;
  /** What the codes stand for, in order; as many as there are codes. */
  readonly symbols: Uint8Array;
}

/** The codes of a table (ITU-T T.81, C.2). */
export interface Codes {
  /** What the code stands for that these 16 bits begin with: see `bitsOf` and `symbolOf`. 0 when it is none. */
  find(bits16: number): number;
  /** The same by the first 12 of the bits. 0 also when the code is longer. */
  readonly short: Uint16Array;
}

/** Null when there are more codes of a length than it has room for; all ones is never a code. */
export function createCodes({ counts, symbols }: HuffmanTable): Codes | null {
  const short = new Uint16Array(1 << SHORT_BITS);
  /** By bits: one more than the last code, and what to add to a code for the place of its symbol. */
  const ends = new Int32Array(MAX_CODE_BITS + 1);
  const offsets = new Int32Array(MAX_CODE_BITS + 1);
  let code = 0;
  let place = 0;
  for (let bits = 1; bits <= MAX_CODE_BITS; bits += 1) {
    offsets[bits] = place - code;
    for (let count = counts[bits - 1] ?? 0; count > 0; count -= 1) {
      const from = code << (SHORT_BITS - bits);
      const to = (code + 1) << (SHORT_BITS - bits);
      if (bits <= SHORT_BITS) short.fill(entry(symbols[place] ?? 0, bits), from, to);
      code += 1;
      place += 1;
    }
    if (code >= 1 << bits) return null;
    ends[bits] = code;
    code <<= 1;
  }

  function find(bits16: number): number {
    for (let bits = 1; bits <= MAX_CODE_BITS; bits += 1) {
      const begun = bits16 >>> (MAX_CODE_BITS - bits);
      if (begun < (ends[bits] ?? 0)) {
        return entry(symbols[begun + (offsets[bits] ?? 0)] ?? 0, bits);
      }
    }
    return 0;
  }

  return { find, short };
}
