import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { sharp } from '../../platform/image/sharp.ts';
import type { Format } from './format.ts';
import { type Plan, type Size, planFor } from './geometry.ts';
import type { SettledRecipe } from './recipe.ts';

/** Longer animations are rendered as their first frame. */
const MAX_FRAMES = 300;
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
  /** The maximum of all frames together, checked before decoding. */
  readonly maxPixels: number;
}

export interface RenderedFile {
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
  // An SVG that is read into memory has no folder whose other files it could reference.
  const input = vectorSize ? await readFile(path) : path;
  const {
    autoOrient,
    pages = 1,
    ...metadata
  } = await sharp(input, { limitInputPixels: maxPixels }).metadata();
  const isMoving =
    pages > 1 && pages <= MAX_FRAMES && MOVING.has(recipe.format) && isAnimation(metadata);
  const source = sharp(input, {
    failOn: 'error',
    limitInputPixels: maxPixels,
    pages: isMoving ? -1 : 1,
  });
  // libvips cannot rotate animations.
  const upright = isMoving ? source : source.autoOrient();
  const sized = resize(
    upright,
    planFor(vectorSize ? { ...vectorSize, isVector: true } : autoOrient, recipe),
    recipe,
  );
  const coloured = withProfile(sized, metadata);
  const bytes = await ENCODE[recipe.format](coloured, recipe.quality).toBuffer();
  // Synchronously: the process has nothing else to do.
  writeFileSync(to, bytes, { flag: 'wx' });
  return describe(bytes);
}

export const describe = (bytes: Buffer): RenderedFile => ({
  byteSize: bytes.length,
  checksum: createHash('sha256').update(bytes).digest('hex'),
});

/** A TIFF with several pages and an AVIF with several images are represented by their first image. */
const isAnimation = ({ format }: Pick<Metadata, 'format'>) => format === 'gif' || format === 'webp';

function resize(image: Sharp, { scaled, crop, canvas }: Plan, recipe: SettledRecipe): Sharp {
  let result = image.resize({ ...scaled, fit: 'fill' });
  if (crop) result = result.extract(crop);
  if (canvas)
    result = result.extend({ ...margins(scaled, canvas), background: canvasColour(recipe) });
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
function withProfile(image: Sharp, { icc, space }: Pick<Metadata, 'icc' | 'space'>): Sharp {
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
