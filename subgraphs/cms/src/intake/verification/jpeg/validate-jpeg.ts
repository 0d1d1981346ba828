import { BLOCK, readBaselineScan } from './baseline-scan.ts';
import { type DcPlane, decodeDcPlanes } from './dc-planes.ts';
import { DamagedError, UndecidedError } from './entropy.ts';
import type { Jpeg } from './jpeg.ts';
import { type RgbaImage, type Size, turn } from './rgba-image.ts';
import { type JpegHead, MARKERS } from './segments.ts';

/**
 * Validates a whole JPEG and shrinks it, so that it fits into a square of `maxSide`. Returns
 * 'damaged' if data is missing or cannot be decoded, 'whole' if libvips has to render the small
 * image, and null if libvips also has to validate it.
 *
 * @param jpeg its bytes are overwritten
 * @param orientation the Exif orientation to apply
 * @param allowsJunk whether some bytes may be between data and the marker after it
 */
export function validateJpeg(
  { head, bytes }: Jpeg,
  {
    maxSide,
    orientation,
    allowsJunk = false,
  }: { maxSide: number; orientation: number; allowsJunk?: boolean },
): RgbaImage | 'damaged' | 'whole' | null {
  const scan = bytes && readBaselineScan(head);
  if (!scan) return null;
  const hasEnoughBlocks = Math.min(scan.width, scan.height) >= maxSide * BLOCK;
  const isShown = hasEnoughBlocks && !statesColours(head);
  try {
    const planes = decodeDcPlanes(bytes, scan, { allowsJunk });
    return isShown ? turn(paint(planes, fitInside(scan, maxSide)), orientation) : 'whole';
  } catch (error) {
    if (error instanceof DamagedError) return 'damaged';
    if (error instanceof UndecidedError) return null;
    throw error;
  }
}

/** Then its values mean other colours than by default. */
const statesColours = ({ segments }: JpegHead) =>
  segments.some(
    ({ marker, body }) =>
      marker === MARKERS.APP14 ||
      (marker === MARKERS.APP2 && body.toString('latin1', 0, PROFILE.length) === PROFILE),
  );
const PROFILE = 'ICC_PROFILE\0';

function fitInside(image: Size, maxSide: number): Size {
  const scale = maxSide / Math.max(image.width, image.height);
  const fit = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: fit(image.width), height: fit(image.height) };
}

/** The colours of JFIF (version 1.02, page 3). */
function paint(planes: readonly DcPlane[], size: Size): RgbaImage {
  const [luma, blue, red] = planes.map((plane) => shrinkPlane(plane, size));
  const pixels = new Uint8ClampedArray(size.width * size.height * 4);
  for (let at = 0; at < size.width * size.height; at += 1) {
    const [y, cb, cr] = [128 + (luma?.[at] ?? 0), blue?.[at] ?? 0, red?.[at] ?? 0];
    const rgba = [y + 1.402 * cr, y - 0.34414 * cb - 0.71414 * cr, y + 1.772 * cb, 255];
    pixels.set(rgba, at * 4);
  }
  return { ...size, pixels };
}

/** Each sample is the mean of the part of the blocks that it covers. */
function shrinkPlane(plane: DcPlane, { width, height }: Size): Float32Array {
  const samples = new Float32Array(width * height);
  const columns = coverage(plane.columns, width);
  const rows = coverage(plane.rows, height);
  for (let y = 0; y < height; y += 1) {
    const { first = 0, shares = NO_SHARES } = rows[y] ?? {};
    for (let row = 0; row < shares.length; row += 1) {
      addRow(samples.subarray(y * width, (y + 1) * width), {
        blocks: plane.values.subarray((first + row) * plane.stride),
        scale: plane.scale,
        share: shares[row] ?? 0,
        columns,
      });
    }
  }
  return samples;
}
const NO_SHARES = new Float64Array();

/** Adds a share of a row of blocks to a row of samples. */
function addRow(
  samples: Float32Array,
  {
    blocks,
    scale,
    share,
    columns,
  }: { blocks: Int16Array; scale: number; share: number; columns: readonly Coverage[] },
): void {
  for (let x = 0; x < samples.length; x += 1) {
    const { first = 0, shares = NO_SHARES } = columns[x] ?? {};
    let mean = 0;
    for (let column = 0; column < shares.length; column += 1) {
      const sample = Math.max(-128, Math.min(127, (blocks[first + column] ?? 0) * scale));
      mean += (shares[column] ?? 0) * sample;
    }
    samples[x] = (samples[x] ?? 0) + share * mean;
  }
}

/** Which blocks a sample covers along one side: the first one, and the share of each. */
interface Coverage {
  readonly first: number;
  readonly shares: Float64Array;
}

/** @param blocks along the side; the last one may be only partly in the image */
const coverage = (blocks: number, samples: number): Coverage[] =>
  Array.from({ length: samples }, (_none, sample) => {
    const [from, to] = [(sample * blocks) / samples, ((sample + 1) * blocks) / samples];
    const first = Math.floor(from);
    const shares = Float64Array.from({ length: Math.ceil(to) - first }, (_block, offset) => {
      const index = first + offset;
      return (Math.min(index + 1, to) - Math.max(index, from)) / (to - from);
    });
    return { first, shares };
  });
