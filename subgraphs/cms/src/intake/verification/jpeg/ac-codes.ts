import { type Codes, SHORT_BITS, bitsOf, symbolOf } from './huffman.ts';

/** Per block: one DC coefficient and up to 63 AC coefficients. */
export const COEFFICIENTS = 64;
export const END_OF_BLOCK = 0;
export const ZERO_RUN = 0xf0;

/**
 * What a symbol means: how many coefficients to advance, and how many bits the value of the last
 * one has.
 */
export const coefficientsIn = (symbol: number): number => (symbol >> 4) + 1;
export const valueBitsOf = (symbol: number): number => symbol & 15;
const MAX_RUN = 16;

/** The codes of AC coefficients (ITU-T T.81, F.1.2.2), for skipping them. */
export interface AcCodes {
  readonly codes: Codes;
  /** By the next 12 bits: a step over as many coefficients as these bits contain completely. */
  readonly steps: Uint16Array;
}

/**
 * A step in one number: its bits and the number of coefficients it advances. If the block ends, the
 * latter is increased by 64.
 */
const encodeStep = (advanced: number, bits: number) => (advanced << 5) | bits;
export const bitsOfStep = (step: number): number => step & 31;
/** If the block ends there, 64 more than it advances, so that it always leads out of the block. */
export const advanceOf = (step: number): number => step >> 5;
/** The bits are not a complete code. The step also leads out of the block, but is never valid. */
const NO_STEP = encodeStep(4 * COEFFICIENTS - 1, 0);

/**
 * Whether a step from within a block to `index` ends the block: with its last coefficient or with
 * the end-of-block code. Otherwise it was invalid or continued into the next block.
 */
export const endsBlock = (step: number, index: number): boolean =>
  advanceOf(step) < COEFFICIENTS ? index === COEFFICIENTS : index < 2 * COEFFICIENTS;

export function createAcCodes(codes: Codes): AcCodes {
  const steps = codes.short.map((_code, bits12) => longestStep(codes, bits12));
  return { codes, steps };
}

function longestStep({ short }: Codes, bits12: number): number {
  let bits = 0;
  let advanced = 0;
  while (bits < SHORT_BITS && advanced < COEFFICIENTS - MAX_RUN) {
    const found = short[(bits12 << bits) & (short.length - 1)] ?? 0;
    if (found === 0 || bits + bitsOf(found) > SHORT_BITS) break;
    const symbol = symbolOf(found);
    bits += bitsOf(found) + valueBitsOf(symbol);
    if (symbol === END_OF_BLOCK) return encodeStep(advanced + COEFFICIENTS, bits);
    advanced += coefficientsIn(symbol);
  }
  return bits === 0 ? NO_STEP : encodeStep(advanced, bits);
}
