import type { VideoTrack } from 'mediainfo.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** MediaInfo rounds ratios to this. */
const PRECISION = 0.0005;
const MAX_DENOMINATOR = 200;
const MAX_RATIO = 100;

/** The size in which browsers show a video; undefined if it has none. */
export function displaySizeOf(video: VideoTrack): Size | undefined {
  const { Width: width, Height: height, PixelAspectRatio: ratio = 1, Rotation: rotation } = video;
  if (!width || !height) return undefined;
  const shown = stretch({ width, height }, fractionNear(ratio));
  const isOnItsSide = Math.round(Number(rotation ?? 0)) % 180 === 90;
  return isOnItsSide ? { width: shown.height, height: shown.width } : shown;
}

/** Pixels need not be square: `ratio` is their width divided by their height. Browsers only enlarge. */
export function stretch({ width, height }: Size, ratio: number): Size {
  if (!(ratio > 1 / MAX_RATIO && ratio < MAX_RATIO)) return { width, height };
  return ratio > 1
    ? { width: Math.round(width * ratio), height }
    : { width, height: Math.round(height / ratio) };
}

/** The simplest fraction that MediaInfo can have rounded to `ratio`: 64/45 for 1.422. */
function fractionNear(ratio: number): number {
  for (let denominator = 1; denominator <= MAX_DENOMINATOR; denominator++) {
    const fraction = Math.round(ratio * denominator) / denominator;
    if (Math.abs(fraction - ratio) <= PRECISION) return fraction;
  }
  return ratio;
}
