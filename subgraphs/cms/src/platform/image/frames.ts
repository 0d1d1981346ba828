/** Decoding takes about a second for 50 million pixels of WebP, and for 200 million of GIF. */
const MAX_PIXELS = 200_000_000;
/** Frames take time even if they are tiny. */
const MAX_FRAMES = 10_000;

/** How many frames of an animation are decoded: the first ones, bounded by work. */
export const framesWithin = (
  { width, height }: { width: number; height: number },
  maxPixels = MAX_PIXELS,
): number => Math.min(MAX_FRAMES, Math.max(1, Math.floor(maxPixels / (width * height))));
