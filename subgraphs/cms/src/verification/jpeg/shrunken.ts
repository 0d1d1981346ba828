import { type DcPlane, decodeDcPlanes } from './dc-planes.ts';
import type { Jpeg } from './jpeg.ts';
import { BLOCK, readPlainScan } from './plain-scan.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface RgbaPicture extends Size {
  /** Row by row, four bytes each. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/**
 * Decodes all of a JPEG, shrunken on the way so that it fits in a square of `maxSide`: in half the time libvips
 * takes, as no more is made of a block than its mean. Null for whatever is not coded in the plainest way or has
 * any fault: that is for libvips to judge.
 *
 * @param jpeg its bytes are used up
 */
export function shrinkJpeg(jpeg: Jpeg, maxSide: number): RgbaPicture | null {
  const scan = readPlainScan(jpeg.head);
  if (!scan || Math.min(scan.width, scan.height) < maxSide * BLOCK) return null;
  try {
    return paint(decodeDcPlanes(jpeg.bytes, scan), fitInside(scan, maxSide));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function fitInside(picture: Size, maxSide: number): Size {
  const scale = maxSide / Math.max(picture.width, picture.height);
  const fit = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: fit(picture.width), height: fit(picture.height) };
}

/** From the colours of JFIF (version 1.02, page 3). */
function paint(planes: readonly DcPlane[], size: Size): RgbaPicture {
  const [luma, blue, red] = planes.map((plane) => shrinkPlane(plane, size));
  const pixels = new Uint8ClampedArray(size.width * size.height * 4);
  for (let at = 0; at < size.width * size.height; at += 1) {
    const [y, cb, cr] = [128 + (luma?.[at] ?? 0), blue?.[at] ?? 0, red?.[at] ?? 0];
    const rgba = [y + 1.402 * cr, y - 0.34414 * cb - 0.71414 * cr, y + 1.772 * cb, 255];
    pixels.set(rgba, at * 4);
  }
  return { ...size, pixels };
}

/** Each sample is the mean of what it covers of the blocks. */
function shrinkPlane(plane: DcPlane, { width, height }: Size): Float32Array {
  const samples = new Float32Array(width * height);
  const [columns, rows] = [coverage(plane.columns, width), coverage(plane.rows, height)];
  let at = 0;
  for (const down of rows) {
    for (const across of columns) {
      let sum = 0;
      for (const { index: row, share: rowShare } of down) {
        for (const { index: column, share } of across) {
          const value = (plane.values[row * plane.stride + column] ?? 0) * plane.scale;
          sum += share * rowShare * Math.max(-128, Math.min(127, value));
        }
      }
      samples[at] = sum;
      at += 1;
    }
  }
  return samples;
}

/** Of each of `places` along a side: which of the `count` blocks it covers, and what share of it each is. */
const coverage = (count: number, places: number) =>
  Array.from({ length: places }, (_none, place) => {
    const [from, to] = [(place * count) / places, ((place + 1) * count) / places];
    const first = Math.floor(from);
    return Array.from({ length: Math.ceil(to) - first }, (_block, offset) => {
      const index = first + offset;
      const covered = Math.min(index + 1, to) - Math.max(index, from);
      return { index, share: covered / (to - from) };
    });
  });
