import {
  type AcCodes,
  COEFFICIENTS,
  END_OF_BLOCK,
  advanceOf,
  bitsOfStep,
  endsBlock,
  coefficientsIn,
  valueBitsOf,
} from './ac-codes.ts';
import {
  type DcCodes,
  bitsOfDifference,
  differenceOf,
  encodeDifference,
  toDifference,
} from './dc-codes.ts';
import { type Codes, SHORT_BITS, bitsOf, symbolOf } from './huffman.ts';

/** Data is missing or invalid: a decoder would have to guess that part of the image. */
export class DamagedError extends Error {}
/** Something is unusual. Another decoder has to decide whether it is damage. */
export class UndecidedError extends Error {}

/** Entropy-coded data between two markers. */
export interface Entropy {
  readonly bits: DataView;
  /** The current position in bits. */
  at: number;
  /** The end in bits. A block may be read beyond it by at most `SPARE_BYTES`. */
  readonly end: number;
  /** The marker after the data, and the position of the first byte after the marker. */
  readonly marker: number;
  readonly next: number;
}

/** The maximum length of the codes of one block. */
export const SPARE_BYTES = 256;
/** The number of bytes read at once. */
const WORD_BYTES = 4;

/**
 * Removes the zeros that are stuffed after every 0xff (ITU-T T.81, B.1.1.5), in place from `start`
 * on. Moves the data forward by one word, over the marker before it.
 *
 * @param bytes the file followed by `SPARE_BYTES`
 * @throws UndecidedError if no marker follows
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

/** At least the next 25 bits, starting at the highest bit. */
const peek = (bits: DataView, at: number): number => bits.getInt32(at >> 3) << (at & 7);
const firstShort = (window: number): number => window >>> (32 - SHORT_BITS);
const first16 = (window: number): number => window >>> 16;

/**
 * Reads a block: returns its DC coefficient, as the difference from the previous block, and skips
 * its AC coefficients (ITU-T T.81, F.2.2). One function, with the position in a local variable: a
 * photograph has 50,000 blocks.
 *
 * @throws DamagedError if the data ends or is invalid, UndecidedError if the block has too many
 *   coefficients
 */
export function readBlock(entropy: Entropy, dc: DcCodes, { codes, steps }: AcCodes): number {
  const { bits } = entropy;
  let { at } = entropy;
  const difference =
    (dc.differences[firstShort(peek(bits, at))] ?? 0) || readLongDifference(bits, at, dc.codes);
  at += bitsOfDifference(difference);

  let index = 1;
  let isOverfull = false;
  while (index < COEFFICIENTS) {
    let step = 0;
    while (index < COEFFICIENTS) {
      step = steps[firstShort(peek(bits, at))] ?? 0;
      at += bitsOfStep(step);
      index += advanceOf(step);
    }
    if (endsBlock(step, index)) break;

    // Go back and advance by a single code.
    at -= bitsOfStep(step);
    index -= advanceOf(step);
    const found = codes.find(first16(peek(bits, at)));
    const symbol = symbolOf(found);
    if (found === 0) throw new DamagedError('Invalid code.');
    at += bitsOf(found) + valueBitsOf(symbol);
    if (symbol === END_OF_BLOCK) break;
    index += coefficientsIn(symbol);
    isOverfull = index > COEFFICIENTS;
  }
  entropy.at = at;
  if (at > entropy.end) throw new DamagedError('The data ends too early.');
  if (isOverfull) throw new UndecidedError('A block has too many coefficients.');
  return differenceOf(difference);
}

/** A difference whose code and value have more bits than `differences` contains. */
function readLongDifference(bits: DataView, at: number, codes: Codes): number {
  const found = codes.find(first16(peek(bits, at)));
  if (found === 0) throw new DamagedError('Invalid code.');
  const size = symbolOf(found);
  const value = size === 0 ? 0 : peek(bits, at + bitsOf(found)) >>> (32 - size);
  return encodeDifference(toDifference(value, size), bitsOf(found) + size);
}
