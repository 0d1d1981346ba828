import { BLOCK, type BaselineScan, type Component } from './baseline-scan.ts';
import {
  DamagedError,
  type Entropy,
  UndecidedError,
  openEntropy,
  passAc,
  readDcDifference,
} from './entropy.ts';
import { MARKERS } from './segments.ts';

/** A component at an eighth of its size: of each block the DC coefficient, which stands for its mean. */
export interface DcPlane {
  /** Row by row. Multiplied by `scale` they are samples around 0. */
  readonly values: Int16Array;
  readonly scale: number;
  /** How many a row has, with those that only fill up the last unit. */
  readonly stride: number;
  /** How many the picture covers. At its edges it may cover parts of them only. */
  readonly columns: number;
  readonly rows: number;
}

/** No sample of 8 bits has more, before it is divided by eight. */
const MAX_DC = 2048;

/**
 * Goes through all data of a picture, every code of every block (ITU-T T.81, F.2.2).
 *
 * @param bytes with SPARE_BYTES behind those of the file; the scan and its header are overwritten
 * @throws DamagedError when any of it is missing or is none, UndecidedError for all else
 */
export function decodeDcPlanes(bytes: Buffer, scan: BaselineScan): DcPlane[] {
  const colours = scan.components.map((component) => ({
    ...component,
    ...emptyPlane(component, scan),
    previous: 0,
  }));
  const blocks = colours.flatMap((colour) =>
    placesOf(colour).map((place) => ({ colour, ...place })),
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
      passAc(entropy, colour.ac);
      if (Math.abs(colour.previous) > colour.limit) throw new UndecidedError('Out of range.');
      const row = unitY * colour.down + y;
      colour.values[row * colour.stride + unitX * colour.across + x] = colour.previous;
    }
  }
  expectEnd(entropy, MARKERS.END_OF_IMAGE);
  return colours;
}

function restart(bytes: Buffer, { entropy, count }: { entropy: Entropy; count: number }): Entropy {
  if (entropy.marker === MARKERS.END_OF_IMAGE) throw new DamagedError('The data is over.');
  expectEnd(entropy, MARKERS.RESTART + ((count - 1) % 8));
  return openEntropy(bytes, entropy.next);
}

/** All is read but what fills up the last byte, and the right marker follows. */
function expectEnd({ at, end, marker }: Entropy, expected: number): void {
  if (end - at >= 8 || marker !== expected) throw new UndecidedError('Something is left.');
}

/** Its blocks' places in a unit, in the order of the data (ITU-T T.81, A.2.3). */
const placesOf = ({ across, down }: Component) =>
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
