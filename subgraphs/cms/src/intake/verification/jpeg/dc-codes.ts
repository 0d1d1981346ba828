import { type Codes, SHORT_BITS, bitsOf, symbolOf } from './huffman.ts';

/** The codes of DC coefficients (ITU-T T.81, F.1.2.1), which are differences from the previous block. */
export interface DcCodes {
  readonly codes: Codes;
  /** By the next 12 bits: the difference, see below. 0 if these bits do not contain all of it. */
  readonly differences: Int32Array;
}

/** A difference and the length of its code and value in one number. */
export const encodeDifference = (difference: number, bits: number) => (difference << 5) | bits;
export const bitsOfDifference = (found: number): number => found & 31;
export const differenceOf = (found: number): number => found >> 5;

/** The difference whose value has `size` bits (ITU-T T.81, F.2.2.1: EXTEND). */
export const toDifference = (value: number, size: number): number =>
  size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;

export function createDcCodes(codes: Codes): DcCodes {
  const differences = new Int32Array(codes.short.length);
  for (let bits12 = 0; bits12 < differences.length; bits12 += 1) {
    const found = codes.short[bits12] ?? 0;
    const size = symbolOf(found);
    const bits = bitsOf(found) + size;
    if (found === 0 || bits > SHORT_BITS) continue;
    const value = (bits12 >> (SHORT_BITS - bits)) & ((1 << size) - 1);
    differences[bits12] = encodeDifference(toDifference(value, size), bits);
  }
  return { codes, differences };
}
