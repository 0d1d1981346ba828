import { openEntropy, passAc, readDcDifference } from './entropy.ts';
import { BLOCK, type Component, type PlainScan } from './plain-scan.ts';

/** A component at an eighth of its size: of each block the DC coefficient, which stands for its mean. */
export interface DcPlane {
  /** Row by row. Multiplied by `scale` they are samples around 0. */
  readonly values: Int16Array;
  readonly scale: number;
  /** How many a row has, with those that only fill up the last unit. */
  readonly stride: number;
  /** How many are of the picture. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * Goes through all data of a picture, every code of every block.
 *
 * @param bytes of the file; those of the scan are overwritten
 * @throws RangeError unless the data is complete, without a fault, and followed by the end of the image
 */
export function decodeDcPlanes(bytes: Buffer, scan: PlainScan): DcPlane[] {
  const entropy = openEntropy(bytes, scan.start);
  const colours = scan.components.map((component) => ({
    ...component,
    ...emptyPlane(component, scan),
    previous: 0,
  }));
  const blocks = colours.flatMap((colour) =>
    placesOf(colour).map((place) => ({ colour, ...place })),
  );

  for (let unitY = 0; unitY < scan.unitsDown; unitY += 1) {
    for (let unitX = 0; unitX < scan.unitsAcross; unitX += 1) {
      for (const { colour, x, y } of blocks) {
        colour.previous += readDcDifference(entropy, colour.dc);
        passAc(entropy, colour.ac);
        const row = unitY * colour.down + y;
        colour.values[row * colour.stride + unitX * colour.across + x] = colour.previous;
      }
    }
  }
  const left = entropy.end - entropy.at;
  if (left < 0 || left >= 8) throw new RangeError('The data is too short or too long.');
  return colours;
}

/** Its blocks' places in a unit, in the order of the data (ITU-T T.81, A.2.3). */
const placesOf = ({ across, down }: Component) =>
  Array.from({ length: across * down }, (_none, index) => ({
    x: index % across,
    y: Math.floor(index / across),
  }));

function emptyPlane({ across, down, dcQuantum }: Component, scan: PlainScan): DcPlane {
  const stride = across * scan.unitsAcross;
  return {
    values: new Int16Array(stride * down * scan.unitsDown),
    scale: dcQuantum / BLOCK,
    stride,
    columns: Math.ceil((scan.width * across) / scan.unitWidth),
    rows: Math.ceil((scan.height * down) / scan.unitHeight),
  };
}
