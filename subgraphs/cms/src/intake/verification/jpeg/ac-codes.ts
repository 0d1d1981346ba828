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
  /** By the next 12 bits: as far as these tell the way, which is mostly over several coefficients. */
  readonly steps: Uint16Array;
}

/** Of a step, in one number: how many bits it takes, how many coefficients it passes, if the block ends there. */
const step = (passed: number, bits: number) => (passed << 5) | bits;
export const bitsOfStep = (taken: number): number => taken & 31;
/** 64 more than it passes when the block ends there: so it always leads out of a block. */
export const advanceOf = (taken: number): number => taken >> 5;
/** The bits are no code, or not all of one. It leads out of a block, too, but to nowhere. */
const NO_STEP = step(4 * COEFFICIENTS - 1, 0);

/**
 * Whether the step that led from within a block to `index` is one that the block could take: to its end, by
 * its last coefficient or by the code for that. Otherwise it was none, or went on into the next block.
 */
export const endsBlock = (taken: number, index: number): boolean =>
  advanceOf(taken) < COEFFICIENTS ? index === COEFFICIENTS : index < 2 * COEFFICIENTS;

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
