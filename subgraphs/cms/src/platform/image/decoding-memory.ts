/** AVIF is the hungriest: 50 megapixels took 1 GB. */
const BYTES_PER_PIXEL = 24;

/** What decoding so many pixels takes at most, in bytes, whatever the format. */
export const decodingMemory = (pixels: number): number => pixels * BYTES_PER_PIXEL;
