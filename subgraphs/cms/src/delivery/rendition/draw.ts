import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { backgroundOf, paintBehind } from '../../platform/image/drawing-background.ts';
import type { ColourCoding } from '../../platform/image/colour-coding.ts';
import { mostFilteredPixels } from '../../platform/image/drawing-filters.ts';
import { framesWithin } from '../../platform/image/frames.ts';
import { openImage } from '../../platform/image/open-image.ts';
import { sharp } from '../../platform/image/sharp.ts';
import { toSrgbPixels } from '../../platform/image/to-srgb.ts';
import type { Format } from './format.ts';
import { type Plan, type Size, planFor, sizeOf } from './geometry.ts';
import type { SettledRecipe } from './recipe.ts';

/** Encoding an animation takes about a second for 20 million pixels. Longer ones end earlier. */
const MAX_ANIMATED_PIXELS = 150_000_000;
const WHITE = 'ffffff';
const MOVING: ReadonlySet<Format> = new Set(['gif', 'webp']);
const OPAQUE: ReadonlySet<Format> = new Set(['jpeg']);
/** Colour spaces of screens. */
const COLOURED: ReadonlySet<unknown> = new Set(['srgb', 'rgb', 'rgb16']);
/**
 * Profiles of screens have some hundred bytes. A larger one could be larger than the image itself.
 */
const MAX_PROFILE_BYTES = 64 * 1024;

export interface DrawJob {
  /** The image. It is only read. */
  readonly path: string;
  /** Where the rendition is written. The file must not exist. */
  readonly to: string;
  readonly recipe: SettledRecipe;
  /** The size of an SVG, which can be rendered in any size; null for other images. */
  readonly vectorSize: Size | null;
  /** The maximum of one frame, checked before decoding. */
  readonly maxPixels: number;
}

export interface RenderedFile {
  readonly format: Format;
  readonly byteSize: number;
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
}

/**
 * Renders an upright rendition without metadata except for a fitting colour profile. Runs only in a
 * worker process.
 */
export async function draw({
  path,
  to,
  recipe,
  vectorSize,
  maxPixels,
}: DrawJob): Promise<RenderedFile> {
  const image = vectorSize
    ? await openDrawing(path, vectorSize)
    : {
        ...(await openImage(path, { animate: MOVING.has(recipe.format), maxPixels })),
        background: null,
      };
  const plan = planFor({ ...image, isVector: vectorSize !== null }, recipe);
  if (vectorSize && plan.scaled.width * plan.scaled.height > maxPixels)
    throw new RangeError('The rendition would have too many pixels.');
  const frames = MOVING.has(recipe.format)
    ? Math.min(image.decodableFrames, framesWithin(sizeOf(plan), MAX_ANIMATED_PIXELS))
    : 1;
  const smaller = vectorSize ? await drawFilteredSmaller(image.input, plan.scaled) : null;
  const source =
    smaller ??
    sharp(image.input, {
      failOn: 'error',
      // A vector has as many pixels as are drawn.
      limitInputPixels: vectorSize ? false : maxPixels * frames,
      pages: frames,
    });
  const upright = image.orientation === 1 ? source : source.autoOrient();
  const sized = resize(upright, plan, { ...recipe, drawnOn: image.background });
  const coloured = image.coding
    ? await inSrgb(sized, image.coding)
    : withProfile(sized, image.metadata);
  const bytes = await ENCODE[recipe.format](coloured, recipe.quality).toBuffer();
  // Synchronously: the process has nothing else to do.
  writeFileSync(to, bytes, { flag: 'wx' });
  return describe(bytes, recipe.format);
}

export const describe = (bytes: Buffer, format: Format): RenderedFile => ({
  format,
  byteSize: bytes.length,
  checksum: createHash('sha256').update(bytes).digest('hex'),
});

/** An SVG that is read into memory has no folder whose other files it could reference. */
async function openDrawing(path: string, size: Size) {
  const input = await readFile(path);
  const background = await backgroundOf(input.toString());
  const still = { orientation: 1, decodableFrames: 1, coding: null, metadata: {} };
  return { ...size, ...still, input, background };
}

/** A drawing whose filters would take too long in this size: in a smaller one, from which it is enlarged. Null for others. */
async function drawFilteredSmaller(
  input: string | Buffer,
  { width, height }: Size,
): Promise<Sharp | null> {
  const most = mostFilteredPixels(String(input));
  if (width * height <= most) return null;
  const scale = Math.sqrt(most / (width * height));
  const side = (length: number) => Math.max(1, Math.floor(length * scale));
  const { data, info } = await sharp(input, { failOn: 'error', limitInputPixels: false })
    .resize({ width: side(width), height: side(height), fit: 'fill' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } });
}

async function inSrgb(image: Sharp, coding: ColourCoding): Promise<Sharp> {
  const { data, info } = await toSrgbPixels(image, coding);
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } });
}

function resize(
  image: Sharp,
  { scaled, crop, canvas }: Plan,
  { drawnOn, ...recipe }: SettledRecipe & { drawnOn: string | null },
): Sharp {
  let result = image.resize({ ...scaled, fit: 'fill' });
  if (crop) result = result.extract(crop);
  if (canvas)
    result = result.extend({ ...margins(scaled, canvas), background: canvasColour(recipe) });
  if (drawnOn !== null) return paintBehind(result, drawnOn);
  return OPAQUE.has(recipe.format)
    ? result.flatten({ background: `#${recipe.background ?? WHITE}` })
    : result;
}

function margins(inner: Plan['scaled'], outer: Plan['scaled']) {
  const x = outer.width - inner.width;
  const y = outer.height - inner.height;
  const left = Math.floor(x / 2);
  const top = Math.floor(y / 2);
  return { left, right: x - left, top, bottom: y - top };
}

const canvasColour = ({ background, format }: SettledRecipe) =>
  background === null && !OPAQUE.has(format)
    ? { r: 0, g: 0, b: 0, alpha: 0 }
    : `#${background ?? WHITE}`;

/**
 * Keeps only RGB profiles: grey and CMYK images are converted to sRGB, so their profiles do not
 * fit.
 */
function withProfile(
  image: Sharp,
  { icc, space }: Partial<Pick<Metadata, 'icc' | 'space'>>,
): Sharp {
  const fits = icc !== undefined && icc.length <= MAX_PROFILE_BYTES && COLOURED.has(space);
  return fits ? image.keepIccProfile() : image;
}

/**
 * AVIF at a higher effort takes seconds. WebP at effort 2 is 1.5 times as fast as at 4, for 6 %
 * more bytes.
 */
const ENCODE: Readonly<Record<Format, (image: Sharp, quality: number | null) => Sharp>> = {
  avif: (image, quality) => image.avif({ quality: quality ?? 50, effort: 2 }),
  webp: (image, quality) => image.webp({ quality: quality ?? 80, effort: 2 }),
  jpeg: (image, quality) => image.jpeg({ quality: quality ?? 80, progressive: true }),
  png: (image) => image.png(),
  gif: (image) => image.gif({ effort: 3 }),
};
