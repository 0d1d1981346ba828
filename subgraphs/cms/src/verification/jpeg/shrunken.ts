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
  for (let y = 0; y < height; y += 1) {
    const { first: top, shares: rowShares } = rows[y] ?? NONE;
    for (let x = 0; x < width; x += 1) {
      const { first: left, shares } = columns[x] ?? NONE;
      let sum = 0;
      for (let down = 0; down < rowShares.length; down += 1) {
        const start = (top + down) * plane.stride + left;
        const rowShare = rowShares[down] ?? 0;
        for (let across = 0; across < shares.length; across += 1) {
          const value = (plane.values[start + across] ?? 0) * plane.scale;
          sum += (shares[across] ?? 0) * rowShare * Math.max(-128, Math.min(127, value));
        }
      }
      samples[y * width + x] = sum;
    }
  }
  return samples;
}

/** Of each of `places` along a side, the blocks it covers of `count`, and what share of it each of them is. */
const coverage = (count: number, places: number) =>
  Array.from({ length: places }, (_none, place) => {
    const [from, to] = [(place * count) / places, ((place + 1) * count) / places];
    const first = Math.floor(from);
    const shares = Float64Array.from({ length: Math.ceil(to) - first }, (_block, offset) => {
      const index = first + offset;
      return (Math.min(index + 1, to) - Math.max(index, from)) / (to - from);
    });
    return { first, shares };
  });
const NONE = { first: 0, shares: new Float64Array() };
