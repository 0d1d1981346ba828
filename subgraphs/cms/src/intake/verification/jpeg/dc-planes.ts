import { BLOCK, type BaselineScan, type Component } from './baseline-scan.ts';
import {
  DamagedError,
  type Entropy,
  UndecidedError,
  openEntropy,
  skipAc,
  readDcDifference,
} from './entropy.ts';
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

/** The maximum for samples of 8 bits, before the division by eight. */
const MAX_DC = 2048;

/**
 * Decodes every code of every block of an image (ITU-T T.81, F.2.2).
 *
 * @param bytes the file followed by SPARE_BYTES; the scan and its header are overwritten
 * @throws DamagedError if data is missing or invalid, UndecidedError for everything unusual
 */
export function decodeDcPlanes(bytes: Buffer, scan: BaselineScan): DcPlane[] {
  const colours = scan.components.map((component) => ({
    ...component,
    ...emptyPlane(component, scan),
    previous: 0,
  }));
  const blocks = colours.flatMap((colour) =>
    positionsOf(colour).map((position) => ({ colour, ...position })),
  );
  let entropy = openEntropy(bytes, scan.start);
  const units = scan.unitsAcross * scan.unitsDown;
  for (let unit = 0; unit < units; unit += 1) {
    if (unit > 0 && unit % scan.restartInterval === 0) {
      entropy = restart(bytes, { entropy, count: unit / scan.restartInterval });
      for (const colour of colours) colour.previous = 0;
    }
    const unitX = unit % scan.unitsAcross;
    const unitY = Math.floor(unit / scan.unitsAcross);
    for (const { colour, x, y } of blocks) {
      colour.previous += readDcDifference(entropy, colour.dc);
      skipAc(entropy, colour.ac);
      if (Math.abs(colour.previous) > colour.limit)
        throw new UndecidedError('The value is out of range.');
      const row = unitY * colour.down + y;
      colour.values[row * colour.stride + unitX * colour.across + x] = colour.previous;
    }
  }
  expectEnd(entropy, MARKERS.END_OF_IMAGE);
  return colours;
}

function restart(bytes: Buffer, { entropy, count }: { entropy: Entropy; count: number }): Entropy {
  if (entropy.marker === MARKERS.END_OF_IMAGE) throw new DamagedError('The data ends too early.');
  expectEnd(entropy, MARKERS.RESTART + ((count - 1) % 8));
  return openEntropy(bytes, entropy.next);
}

/**
 * All data must be read, except for the padding of the last byte, and the right marker must follow.
 */
function expectEnd({ at, end, marker }: Entropy, expected: number): void {
  if (end - at >= 8 || marker !== expected) throw new UndecidedError('Unexpected data or marker.');
}

/** The positions of its blocks in a unit, in the order of the data (ITU-T T.81, A.2.3). */
const positionsOf = ({ across, down }: Component) =>
  Array.from({ length: across * down }, (_none, index) => ({
    x: index % across,
    y: Math.floor(index / across),
  }));

function emptyPlane({ across, down, dcQuantum }: Component, scan: BaselineScan) {
  const stride = across * scan.unitsAcross;
  return {
    values: new Int16Array(stride * down * scan.unitsDown),
    scale: dcQuantum / BLOCK,
    stride,
    columns: (scan.width * across) / scan.unitWidth,
    rows: (scan.height * down) / scan.unitHeight,
    limit: MAX_DC / dcQuantum,
  };
}
