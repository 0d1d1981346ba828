/** AVIF needs the most: 50 megapixels took 1 GB. */
const BYTES_PER_PIXEL = 24;

/** The maximum memory in bytes for decoding this many pixels of any format. */
export const decodingMemory = (pixels: number): number => pixels * BYTES_PER_PIXEL;
