import { type Codes, SHORT_BITS, bitsOf, symbolOf } from './huffman.ts';

/** Of a block: one DC coefficient, and up to 63 AC coefficients. */
export const COEFFICIENTS = 64;
export const END_OF_BLOCK = 0;
export const ZERO_RUN = 0xf0;

/** What a symbol says: how many coefficients to go on, and how many bits the last of them has in the data. */
export const passedBy = (symbol: number): number => (symbol >> 4) + 1;
export const valueBitsOf = (symbol: number): number => symbol & 15;
const MOST_PASSED = 16;

/** How AC coefficients are coded (ITU-T T.81, F.1.2.2), for who only has to get past them. */
export interface AcCodes {
  readonly codes: Codes;
  /**
   * By the next 12 bits: as far as these tell the way, which is mostly over several coefficients. In one
   * number, as a code is: how many bits, and how many coefficients; 64 more when the block ends there.
   */
  readonly steps: Uint16Array;
}

const step = (passed: number, bits: number) => (passed << 5) | bits;
/** The bits are no code, or not all of one. As it leads out of any block, nothing else has to look for it. */
const NO_STEP = step(4 * COEFFICIENTS - 1, 0);

export function createAcCodes(codes: Codes): AcCodes {
  const steps = codes.short.map((_code, bits12) => longestStep(codes, bits12));
  return { codes, steps };
}

function longestStep({ short }: Codes, bits12: number): number {
  let bits = 0;
  let passed = 0;
  while (bits < SHORT_BITS && passed < COEFFICIENTS - MOST_PASSED) {
    const found = short[(bits12 << bits) & (short.length - 1)] ?? 0;
    if (found === 0 || bits + bitsOf(found) > SHORT_BITS) break;
    const symbol = symbolOf(found);
    bits += bitsOf(found) + valueBitsOf(symbol);
    if (symbol === END_OF_BLOCK) return step(passed + COEFFICIENTS, bits);
    passed += passedBy(symbol);
  }
  return bits === 0 ? NO_STEP : step(passed, bits);
}
