import { rgbaToThumbHash } from 'thumbhash';
import { sharp } from '../../platform/image/sharp.ts';
import { ACCEPTED_TYPES, type AcceptedType } from '../../files/file-types/accepted-types.ts';
import { type Inspection, corrupt, found } from './inspection.ts';
import type { Jpeg } from './jpeg/jpeg.ts';
import { validateJpeg } from './jpeg/validate-jpeg.ts';
import type { RgbaImage } from './jpeg/rgba-image.ts';
import { plainJpegSize } from './jpeg/size.ts';
import { rejectFile } from './verdict.ts';

/**
 * A ThumbHash has no waves shorter than a seventh of the image; more pixels than this add nothing.
 */
const THUMB_PIXELS = 32;
/** Frames take time even if they are tiny. */
const MAX_FRAMES = 2000;
const ANIMATED = new Set([ACCEPTED_TYPES.GIF, ACCEPTED_TYPES.WEBP]);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** The Exif orientation to apply. */
  readonly orientation: number;
}

/**
 * Decodes the whole image once, with every frame of an animation, while shrinking it. A TIFF with
 * several pages and an AVIF with several images are represented by their first image.
 *
 * @param maxPixels the maximum of all frames together, checked before decoding
 * @param jpeg null for other types
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
  const small = jpeg && validateJpeg(jpeg, { maxSide: THUMB_PIXELS, orientation });
  if (small === 'damaged') return damaged(type);
  // libjpeg only warns when the data ends too early. Warnings of other decoders are harmless.
  const failOn = type === ACCEPTED_TYPES.JPEG ? 'warning' : 'error';
  const thumbHash = small ? hashOf(small) : await decode(path, { frames, maxPixels, failOn });
  if (!thumbHash) return damaged(type);
  return found({ width, height, thumbHash });
}

const damaged = ({ name }: AcceptedType) =>
  corrupt(`The ${name} cannot be decoded. The file is damaged or incomplete.`);

/** The size as shown. Undefined if libvips cannot read the header. */
async function readHeader(input: string | Buffer, type: AcceptedType): Promise<Header | undefined> {
  try {
    const header = await sharp(input, { limitInputPixels: false }).metadata();
    const { autoOrient, pages = 1, orientation = 1 } = header;
    return { ...autoOrient, frames: ANIMATED.has(type) ? pages : 1, orientation };
  } catch {
    return undefined;
  }
}

/** The pixels of an image embedded in an SVG, from its header; null if it is not an image. */
export async function countPixels(image: Buffer): Promise<number | null> {
  try {
    const { width, height } = await sharp(image, { limitInputPixels: false }).metadata();
    return width * height;
  } catch {
    return null;
  }
}

/**
 * Renders a sanitized SVG.
 *
 * @param size null if the SVG does not state it; then the size of its content is used
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
  // Rendered directly in the small size, whatever the SVG's own size.
  const thumbHash = await decode(svg, { frames: 1, maxPixels: 0, failOn: 'error' });
  return thumbHash ? found({ width, height, thumbHash }) : corrupt('The SVG cannot be rendered.');
}

/**
 * The ThumbHash of the first frame in base64; undefined if any part of any frame is missing or
 * damaged.
 *
 * @param maxPixels 0 for no limit
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
  // libvips cannot rotate animations.
  const upright = frames > 1 ? source : source.autoOrient();
  const shrunk = upright
    .resize(THUMB_PIXELS, THUMB_PIXELS, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw();
  try {
    const { data, info } = await shrunk.toBuffer({ resolveWithObject: true });
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

/** libvips would take half a millisecond to add the alpha channel; this takes a hundredth of that. */
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
