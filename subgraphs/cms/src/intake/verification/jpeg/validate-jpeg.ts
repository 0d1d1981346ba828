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
    const y = 128 + (luma?.[at] ?? 0);
    const cb = blue?.[at] ?? 0;
    const cr = red?.[at] ?? 0;
    pixels[at * 4] = y + 1.402 * cr;
    pixels[at * 4 + 1] = y - 0.34414 * cb - 0.71414 * cr;
    pixels[at * 4 + 2] = y + 1.772 * cb;
    pixels[at * 4 + 3] = 255;
  }
  return { ...size, pixels };
}

/** Each sample is the mean of the part of the blocks that it covers. */
function shrinkPlane(plane: DcPlane, { width, height }: Size): Float32Array {
  const samples = new Float32Array(width * height);
  const means = new Float32Array(Math.ceil(plane.columns));
  for (let y = 0; y < height; y += 1) {
    const rows = covered(y, { blocks: plane.rows, samples: height });
    means.fill(0);
    for (let row = Math.floor(rows.from); row < rows.to; row += 1)
      addRow(means, { plane, row, share: shareOf(row, rows) });
    shrinkRow(means, {
      columns: plane.columns,
      samples: samples.subarray(y * width, (y + 1) * width),
    });
  }
  return samples;
}

/** Adds a share of a row of blocks to the means of their columns. A photograph has 50,000 blocks. */
function addRow(
  means: Float32Array,
  { plane, row, share }: { plane: DcPlane; row: number; share: number },
): void {
  const { values, scale, stride } = plane;
  const start = row * stride;
  for (let column = 0; column < means.length; column += 1) {
    const sample = (values[start + column] ?? 0) * scale;
    const shown = sample < -128 ? -128 : sample > 127 ? 127 : sample;
    means[column] = (means[column] ?? 0) + share * shown;
  }
}

function shrinkRow(
  means: Float32Array,
  { columns, samples }: { columns: number; samples: Float32Array },
): void {
  for (let x = 0; x < samples.length; x += 1) {
    const range = covered(x, { blocks: columns, samples: samples.length });
    let mean = 0;
    for (let column = Math.floor(range.from); column < range.to; column += 1)
      mean += shareOf(column, range) * (means[column] ?? 0);
    samples[x] = mean;
  }
}

/** Which blocks a sample covers along one side: fractions at the ends. */
interface Covered {
  readonly from: number;
  readonly to: number;
}

/** @param blocks along the side; the last one may be only partly in the image */
const covered = (
  sample: number,
  { blocks, samples }: { blocks: number; samples: number },
): Covered => ({ from: (sample * blocks) / samples, to: ((sample + 1) * blocks) / samples });

/** The share of a block in the mean of a sample. */
const shareOf = (block: number, { from, to }: Covered): number =>
  (Math.min(block + 1, to) - Math.max(block, from)) / (to - from);
