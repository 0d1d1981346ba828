import { type AcCodes, COEFFICIENTS, END_OF_BLOCK, passedBy, valueBitsOf } from './ac-codes.ts';
import { type Codes, SHORT_BITS, bitsOf, symbolOf } from './huffman.ts';
import { MARKERS } from './segments.ts';

/** The entropy-coded data of a scan. */
export interface Entropy {
  readonly bits: DataView;
  /** How far it is read, in bits. */
  at: number;
  /** Where it ends, in bits. Nothing stops a reader there. */
  readonly end: number;
}

/** As much is read at once. */
const WORD_BYTES = 4;

/**
 * Takes out the zeros stuffed behind every 0xff (ITU-T T.81, B.1.1.5), in place, and moves the data a word
 * ahead, over the header of its scan: so that words can be read up to its end.
 *
 * @throws RangeError when the data is not followed by the end of the image
 */
export function openEntropy(bytes: Buffer, start: number): Entropy {
  const moved = start - WORD_BYTES;
  let to = moved;
  for (let from = start; ;) {
    const mark = bytes.indexOf(0xff, from);
    if (mark === -1) throw new RangeError('The data has no end.');
    bytes.copyWithin(to, from, mark);
    to += mark - from;
    if (bytes[mark + 1] !== 0) {
      if (bytes[mark + 1] !== MARKERS.END_OF_IMAGE) throw new RangeError('Something else follows.');
      const bits = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return { bits, at: moved * 8, end: to * 8 };
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
 * @throws RangeError when the bits are none
 */
export function readDcDifference(entropy: Entropy, { short, find }: Codes): number {
  const window = look(entropy.bits, entropy.at);
  const found = (short[firstShort(window)] ?? 0) || find(first16(window));
  if (found === 0) throw new RangeError('No code begins so.');
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
 * @throws RangeError when the bits are none, or of more coefficients than a block has
 */
export function passAc(entropy: Entropy, { codes, steps }: AcCodes): void {
  const { bits } = entropy;
  let { at } = entropy;
  let index = 1;
  while (index < COEFFICIENTS) {
    let step = 0;
    while (index < COEFFICIENTS) {
      step = steps[firstShort(look(bits, at))] ?? 0;
      at += bitsOf(step);
      index += symbolOf(step);
    }
    if (symbolOf(step) < COEFFICIENTS ? index === COEFFICIENTS : index < 2 * COEFFICIENTS) break;

    // The last step led into the next block, or was none: back, and on by a single code.
    at -= bitsOf(step);
    index -= symbolOf(step);
    const found = codes.find(first16(look(bits, at)));
    const symbol = symbolOf(found);
    if (found === 0) throw new RangeError('No code begins so.');
    at += bitsOf(found) + valueBitsOf(symbol);
    if (symbol === END_OF_BLOCK) break;
    index += passedBy(symbol);
    if (index > COEFFICIENTS) throw new RangeError('A block has too many coefficients.');
  }
  entropy.at = at;
}
