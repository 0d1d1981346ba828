import { rgbaToThumbHash } from 'thumbhash';
import { sharp } from '../../platform/image/sharp.ts';
import { ACCEPTED_TYPES, type AcceptedType } from '../../files/file-types/accepted-types.ts';
import { type Inspection, corrupt, found } from './inspection.ts';
import type { Jpeg } from './jpeg/jpeg.ts';
import { validateJpeg } from './jpeg/validate-jpeg.ts';
import type { RgbaImage } from './jpeg/rgba-image.ts';
import { plainJpegSize } from './jpeg/size.ts';
import { rejectFile } from './verdict.ts';

/** A ThumbHash keeps waves no shorter than a seventh of the picture; more pixels than this add nothing. */
const THUMB_PIXELS = 32;
/** Frames cost time even when they are tiny. */
const MAX_FRAMES = 2000;
const ANIMATED = new Set([ACCEPTED_TYPES.GIF, ACCEPTED_TYPES.WEBP]);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** How it is turned to be shown, as Exif numbers it. */
  readonly orientation: number;
}

/**
 * Decodes the whole picture once, every frame of an animation, shrunken on the way. Of a TIFF with
 * several pages, and an AVIF with several pictures, the first is the picture.
 *
 * @param maxPixels of all frames together, checked before anything is decoded
 * @param jpeg if it is one
 */
export async function inspectImage(
  path: string,
  { type, maxPixels, jpeg }: { type: AcceptedType; maxPixels: number; jpeg: Jpeg | null },
): Promise<Inspection> {
  const plain = jpeg && plainJpegSize(jpeg.head);
  const header = plain ? { ...plain, frames: 1, orientation: 1 } : await readHeader(path, type);
  if (!header) return corrupt(`The ${type.name} header cannot be read. The file is damaged.`);

  const { width, height, frames } = header;
  if (width * height * frames > maxPixels || frames > MAX_FRAMES) {
    return rejectFile('IMAGE_TOO_LARGE', tooLarge({ width, height, frames, maxPixels }));
  }

  const { orientation } = header;
  const look = jpeg && validateJpeg(jpeg, { maxSide: THUMB_PIXELS, orientation });
  if (look === 'damaged') return damaged(type);
  // libjpeg only warns when data ends too soon. Other decoders warn of notes that do no harm.
  const failOn = type === ACCEPTED_TYPES.JPEG ? 'warning' : 'error';
  const thumbHash = look ? hashOf(look) : await decode(path, { frames, maxPixels, failOn });
  if (!thumbHash) return damaged(type);
  return found({ width, height, thumbHash });
}

const damaged = ({ name }: AcceptedType) =>
  corrupt(`The ${name} cannot be decoded. The file is damaged or incomplete.`);

/** As the picture is shown. Undefined when libvips can't make sense of it. */
async function readHeader(input: string | Buffer, type: AcceptedType): Promise<Header | undefined> {
  try {
    const header = await sharp(input, { limitInputPixels: false }).metadata();
    const { autoOrient, pages = 1, orientation = 1 } = header;
    return { ...autoOrient, frames: ANIMATED.has(type) ? pages : 1, orientation };
  } catch {
    return undefined;
  }
}

/** The pixels of a picture in a drawing, by its header; null for what is none. */
export async function countPixels(image: Buffer): Promise<number | null> {
  try {
    const { width, height } = await sharp(image, { limitInputPixels: false }).metadata();
    return width * height;
  } catch {
    return null;
  }
}

/**
 * Draws a cleaned SVG.
 *
 * @param size null when it does not say itself: then it is what it covers
 */
export async function inspectDrawing(
  svg: Buffer,
  { size, maxPixels }: { size: { width: number; height: number } | null; maxPixels: number },
): Promise<Inspection> {
  const { width, height } = size ?? (await readHeader(svg, ACCEPTED_TYPES.SVG)) ?? {};
  if (!width || !height) return corrupt('The SVG is empty: it has no visible content.');
  if (width * height > maxPixels) {
    return rejectFile('IMAGE_TOO_LARGE', tooLarge({ width, height, frames: 1, maxPixels }));
  }
  // Drawn as small as it is needed: its own size costs nothing.
  const thumbHash = await decode(svg, { frames: 1, maxPixels: 0, failOn: 'error' });
  return thumbHash ? found({ width, height, thumbHash }) : corrupt('The SVG cannot be rendered.');
}

/**
 * The ThumbHash of the first frame in base64; undefined when any part of any frame is missing or broken.
 *
 * @param maxPixels 0: any number
 */
async function decode(
  input: string | Buffer,
  { frames, maxPixels, failOn }: { frames: number; maxPixels: number; failOn: 'warning' | 'error' },
): Promise<string | undefined> {
  const source = sharp(input, {
    failOn,
    limitInputPixels: maxPixels,
    pages: frames > 1 ? -1 : 1,
  });
  // libvips turns single pictures only, and animations are not turned by anybody.
  const upright = frames > 1 ? source : source.autoOrient();
  const shrunken = upright
    .resize(THUMB_PIXELS, THUMB_PIXELS, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw();
  try {
    const { data, info } = await shrunken.toBuffer({ resolveWithObject: true });
    const { width, channels } = info;
    const height = Math.floor(info.height / frames);
    const firstFrame = data.subarray(0, width * height * channels);
    return hashOf({ width, height, pixels: toRgba(firstFrame, channels) });
  } catch {
    return undefined;
  }
}

const hashOf = ({ width, height, pixels }: RgbaImage) =>
  Buffer.from(rgbaToThumbHash(width, height, pixels)).toString('base64');

/** libvips would add the alpha channel at the price of half a millisecond; this takes a hundredth. */
function toRgba(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 4) return pixels;
  const rgba = new Uint8Array((pixels.length / channels) * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += channels, to += 4) {
    rgba[to] = pixels[from] ?? 0;
    rgba[to + 1] = pixels[from + 1] ?? 0;
    rgba[to + 2] = pixels[from + 2] ?? 0;
  }
  return rgba;
}

function tooLarge({
  width,
  height,
  frames,
  maxPixels,
}: Record<'width' | 'height' | 'frames' | 'maxPixels', number>): string {
  if (frames > MAX_FRAMES)
    return `The animation has ${frames} frames. The maximum is ${MAX_FRAMES}.`;
  const times = frames > 1 ? ` in ${frames} frames` : '';
  return `The image has ${width} × ${height} pixels${times}. The maximum is ${maxPixels} pixels.`;
}
