import type { Metadata } from 'sharp';
import { type FileWindow, openWindow } from '../file-window.ts';
import { MAX_APNG_FRAMES, apngToWebp, countFrames } from './apng.ts';
import { type ColourCoding, readColourCoding } from './colour-coding.ts';
import { ConversionError } from './convert/conversion.ts';
import { convertAvifSequence } from './convert/avif-sequence.ts';
import { framesWithin } from './frames.ts';
import { readGif, withTransparency } from './gif.ts';
import { sourceOf } from './png-chunks.ts';
import { sharp } from './sharp.ts';

/** Larger files are decoded unchanged. */
const MAX_REWRITTEN_BYTES = 64 * 2 ** 20;
/** The frames of an animated PNG are in memory together. */
const MAX_APNG_PIXELS = 32_000_000;
const MAX_WEBP_SIDE = 16_383;
/** The decoder has applied the orientation already, or browsers do not apply it. */
const UPRIGHT = new Set(['heif', 'webp', 'gif']);

/** An image as the image library is to read it. */
export interface OpenImage {
  readonly input: string | Buffer;
  /** Pixels, as shown. */
  readonly width: number;
  readonly height: number;
  /** The Exif orientation to apply: 1 is upright. */
  readonly orientation: number;
  /** Of the file; 1 unless it is an animation. */
  readonly frames: number;
  /** Of `input`: the first ones that can be decoded. */
  readonly decodableFrames: number;
  readonly coding: ColourCoding | null;
  readonly metadata: Metadata;
}

/**
 * Reads the properties of an image, and makes readable what the image library reads wrongly or not
 * at all. Decodes nothing else.
 *
 * @param animate whether the frames are needed
 * @throws if the image library cannot read the header; ConversionError for an AVIF that cannot be converted
 */
export async function openImage(
  path: string,
  { animate, maxPixels }: { animate: boolean; maxPixels: number },
): Promise<OpenImage> {
  using file = openWindow(path);
  const brand = file.slice(4, 8).toString('latin1');
  if (brand === 'ftypmif3')
    throw new ConversionError('unsupported', 'Its header is of the minimized form (ISO 23008-12).');
  const sequence = brand === 'ftypavis' ? await convertAvifSequence(path, { maxPixels }) : null;
  const given = sequence?.image ?? path;
  const metadata = await sharp(given, { limitInputPixels: false, failOn: 'error' }).metadata();
  const { format, pages = 1 } = metadata;
  const isUpright = UPRIGHT.has(format);
  const { width, height } = isUpright ? metadata : metadata.autoOrient;
  const image = {
    input: given,
    width,
    height,
    orientation: isUpright ? 1 : (metadata.orientation ?? 1),
    frames: 1,
    decodableFrames: 1,
    coding: readColourCoding(sequence?.image ? sourceOf(sequence.image) : file, format),
    metadata,
  };
  if (sequence) return { ...image, frames: sequence.animated ? 2 : 1 };
  const size = { width, height };
  if (format === 'webp' || format === 'gif') {
    const input = format === 'gif' ? transparentGif(path, file) : path;
    return { ...image, input, frames: pages, decodableFrames: Math.min(pages, framesWithin(size)) };
  }
  if (format !== 'png') return image;
  return { ...image, ...(await openPng(file, { size, animate })) };
}

/** The file, or a version of it whose empty parts are not black. */
function transparentGif(path: string, file: FileWindow): string | Buffer {
  const structure = readGif((offset) => file.byteAt(offset));
  if (!structure.isTransparentWhereEmpty || structure.end > MAX_REWRITTEN_BYTES) return path;
  return withTransparency(file.slice(0, structure.end), structure);
}

async function openPng(
  file: FileWindow,
  { size, animate }: { size: { width: number; height: number }; animate: boolean },
): Promise<Partial<OpenImage>> {
  const frames = countFrames(file);
  const isTooLarge = Math.max(size.width, size.height) > MAX_WEBP_SIDE;
  const maxFrames = Math.min(framesWithin(size, MAX_APNG_PIXELS), MAX_APNG_FRAMES);
  if (!animate || frames === 1 || isTooLarge) return { frames };
  const input = await apngToWebp(file, { ...size, maxFrames }).catch(() => null);
  // Browsers show the static image of an invalid animation.
  if (!input) return { frames: 1 };
  // The encoder merges frames that look the same.
  const { pages = 1 } = await sharp(input, { limitInputPixels: false }).metadata();
  return { input, frames, decodableFrames: pages, coding: null };
}
