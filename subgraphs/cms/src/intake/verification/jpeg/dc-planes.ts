import type { AcCodes } from './ac-codes.ts';
import { BLOCK, type BaselineScan, type Component } from './baseline-scan.ts';
import type { DcCodes } from './dc-codes.ts';
import { DamagedError, type Entropy, UndecidedError, openEntropy, readBlock } from './entropy.ts';
import { MARKERS } from './segments.ts';

/**
 * A component at an eighth of its size: the DC coefficient of each block, which represents its
 * mean.
 */
export interface DcPlane {
  /** Row by row. Multiplied by `scale` they are samples around 0. */
  readonly values: Int16Array;
  readonly scale: number;
  /** The number of values per row, including those that only fill the last unit. */
  readonly stride: number;
  /** The number of values that the image covers. At its edges it may cover them only partly. */
  readonly columns: number;
  readonly rows: number;
}

/** More would be a sign of damage. */
const MAX_JUNK_BITS = 4096 * 8;
/** The maximum for samples of 8 bits, before the division by eight. */
const MAX_DC = 2048;

/**
 * Decodes every code of every block of an image (ITU-T T.81, F.2.2).
 *
 * @param bytes the file followed by SPARE_BYTES; the scan and its header are overwritten
 * @throws DamagedError if data is missing or invalid, UndecidedError for everything unusual
 */
export function decodeDcPlanes(
  bytes: Buffer,
  scan: BaselineScan,
  { allowsJunk = false } = {},
): DcPlane[] {
  const maxUnreadBits = allowsJunk ? MAX_JUNK_BITS : 8;
  const colours = scan.components.map((component) => new Colour(component, scan));
  let entropy = openEntropy(bytes, scan.start);
  let untilRestart = scan.restartInterval;
  let restarts = 0;
  for (let unitY = 0; unitY < scan.unitsDown; unitY += 1) {
    for (let unitX = 0; unitX < scan.unitsAcross; unitX += 1) {
      if (untilRestart === 0) {
        restarts += 1;
        entropy = restart(bytes, { entropy, count: restarts, maxUnreadBits });
        for (const colour of colours) colour.previous = 0;
        untilRestart = scan.restartInterval;
      }
      untilRestart -= 1;
      for (const colour of colours) {
        for (let y = 0; y < colour.down; y += 1) {
          const start = (unitY * colour.down + y) * colour.stride + unitX * colour.across;
          readBlocks(entropy, colour, start);
        }
      }
    }
  }
  expectEnd(entropy, { expected: MARKERS.END_OF_IMAGE, maxUnreadBits });
  return colours;
}

/** Reads a row of blocks of one colour in one unit. `start` is the position of the first in its plane. */
function readBlocks(entropy: Entropy, colour: Colour, start: number): void {
  const { across, dc, ac, values, limit } = colour;
  let value = colour.previous;
  for (let x = 0; x < across; x += 1) {
    value += readBlock(entropy, dc, ac);
    if (value > limit || value < -limit) throw new UndecidedError('The value is out of range.');
    values[start + x] = value;
  }
  colour.previous = value;
}

function restart(
  bytes: Buffer,
  { entropy, count, maxUnreadBits }: { entropy: Entropy; count: number; maxUnreadBits: number },
): Entropy {
  if (entropy.marker === MARKERS.END_OF_IMAGE) throw new DamagedError('The data ends too early.');
  expectEnd(entropy, { expected: MARKERS.RESTART + ((count - 1) % 8), maxUnreadBits });
  return openEntropy(bytes, entropy.next);
}

/**
 * All data must be read, except for the padding of the last byte, and the right marker must follow.
 */
function expectEnd(
  { at, end, marker }: Entropy,
  { expected, maxUnreadBits }: { expected: number; maxUnreadBits: number },
): void {
  if (end - at >= maxUnreadBits || marker !== expected)
    throw new UndecidedError('Unexpected data or marker.');
}

/** A component while it is decoded. A class, so that all have the same layout in memory. */
class Colour implements DcPlane {
  readonly across: number;
  readonly down: number;
  readonly dc: DcCodes;
  readonly ac: AcCodes;
  readonly values: Int16Array;
  readonly scale: number;
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  /** Of the values. */
  readonly limit: number;
  /** The value of the previous block. */
  previous = 0;

  constructor({ across, down, dc, ac, dcQuantum }: Component, scan: BaselineScan) {
    this.across = across;
    this.down = down;
    this.dc = dc;
    this.ac = ac;
    this.stride = across * scan.unitsAcross;
    this.values = new Int16Array(this.stride * down * scan.unitsDown);
    this.scale = dcQuantum / BLOCK;
    this.columns = (scan.width * across) / scan.unitWidth;
    this.rows = (scan.height * down) / scan.unitHeight;
    this.limit = MAX_DC / dcQuantum;
  }
}
