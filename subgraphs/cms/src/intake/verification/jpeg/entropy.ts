import {
  type AcCodes,
  COEFFICIENTS,
  END_OF_BLOCK,
  advanceOf,
  bitsOfStep,
  endsBlock,
  passedBy,
  valueBitsOf,
} from './ac-codes.ts';
import { type Codes, SHORT_BITS, bitsOf, symbolOf } from './huffman.ts';

/** Data is missing, or is none: whoever decodes it has to guess what the picture shows there. */
export class DamagedError extends Error {}
/** Something is out of the ordinary; whether it does harm is not decided. */
export class UndecidedError extends Error {}

/** Entropy-coded data between two markers. */
export interface Entropy {
  readonly bits: DataView;
  /** How far it is read, in bits. */
  at: number;
  /** Where it ends, in bits. A block is read beyond it, at most by `SPARE_BYTES`. */
  readonly end: number;
  /** The marker it ends with, and the first byte behind that. */
  readonly marker: number;
  readonly next: number;
}

/** As much as the codes of a whole block can take. */
export const SPARE_BYTES = 256;
/** As much is read at once. */
const WORD_BYTES = 4;

/**
 * Takes out the zeros stuffed behind every 0xff (ITU-T T.81, B.1.1.5), in place, from `start` on, and moves
 * the data a word ahead, over the marker before it.
 *
 * @param bytes with `SPARE_BYTES` behind those of the file
 * @throws UndecidedError when no marker follows
 */
export function openEntropy(bytes: Buffer, start: number): Entropy {
  const moved = start - WORD_BYTES;
  let to = moved;
  for (let from = start; ;) {
    const mark = bytes.indexOf(0xff, from);
    const marker = bytes[mark + 1];
    if (mark === -1 || marker === undefined) throw new UndecidedError('The data has no end.');
    bytes.copyWithin(to, from, mark);
    to += mark - from;
    if (marker !== 0) {
      const bits = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return { bits, at: moved * 8, end: to * 8, marker, next: mark + 2 };
    }
    bytes[to] = 0xff;
    to += 1;
    from = mark + 2;
  }
}

/** At least the next 25 bits, from the highest on. */
const look = (bits: DataView, at: number): number => bits.getInt32(at >> 3) << (at & 7);
const firstShort = (window: number): number => window >>> (32 - SHORT_BITS);
const first16 = (window: number): number => window >>> 16;

/**
 * Reads the DC coefficient of a block, as its difference from the block before (ITU-T T.81, F.2.2.1).
 *
 * @throws DamagedError when the bits are none
 */
export function readDcDifference(entropy: Entropy, { short, find }: Codes): number {
  const window = look(entropy.bits, entropy.at);
  const found = (short[firstShort(window)] ?? 0) || find(first16(window));
  if (found === 0) throw new DamagedError('No code begins so.');
  entropy.at += bitsOf(found);
  const size = symbolOf(found);
  if (size === 0) return 0;
  const value = look(entropy.bits, entropy.at) >>> (32 - size);
  entropy.at += size;
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

/**
 * Goes past the AC coefficients of a block (ITU-T T.81, F.2.2.2).
 *
 * @throws DamagedError when the data is over, or none, UndecidedError when it is of more coefficients than fit
 */
export function passAc(entropy: Entropy, { codes, steps }: AcCodes): void {
  const { bits } = entropy;
  let { at } = entropy;
  let index = 1;
  let isOverfull = false;
  while (index < COEFFICIENTS) {
    let step = 0;
    while (index < COEFFICIENTS) {
      step = steps[firstShort(look(bits, at))] ?? 0;
      at += bitsOfStep(step);
      index += advanceOf(step);
    }
    if (endsBlock(step, index)) break;

    // Back, and on by a single code.
    at -= bitsOfStep(step);
    index -= advanceOf(step);
    const found = codes.find(first16(look(bits, at)));
    const symbol = symbolOf(found);
    if (found === 0) throw new DamagedError('No code begins so.');
    at += bitsOf(found) + valueBitsOf(symbol);
    if (symbol === END_OF_BLOCK) break;
    index += passedBy(symbol);
    isOverfull = index > COEFFICIENTS;
  }
  entropy.at = at;
  if (at > entropy.end) throw new DamagedError('The data is over.');
  if (isOverfull) throw new UndecidedError('A block has too many coefficients.');
}
