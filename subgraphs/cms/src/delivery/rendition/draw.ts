import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { sharp } from '../../platform/image/sharp.ts';
import type { Format } from './format.ts';
import { type Plan, type Size, planFor } from './geometry.ts';
import type { SettledRecipe } from './recipe.ts';

/** More frames than this are a film: the first one stands for them. */
const MAX_FRAMES = 300;
const WHITE = 'ffffff';
const MOVING: ReadonlySet<Format> = new Set(['gif', 'webp']);
const OPAQUE: ReadonlySet<Format> = new Set(['jpeg']);
/** Of those a screen has. */
const COLOURED: ReadonlySet<unknown> = new Set(['srgb', 'rgb', 'rgb16']);
/** Those of screens have some hundred bytes; a larger one would outweigh the picture. */
const MAX_PROFILE_BYTES = 64 * 1024;

export interface Drawing {
  /** Of the picture, which is only read. */
  readonly path: string;
  /** Where the rendition goes; there must be nothing yet. */
  readonly to: string;
  readonly recipe: SettledRecipe;
  /** Of a drawing (SVG), which can be drawn in any size: its own. Null: it is one of pixels. */
  readonly drawing: Size | null;
  /** Of all frames together, checked before anything is decoded. */
  readonly maxPixels: number;
}

export interface RenderedFile {
  readonly byteSize: number;
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
}

/**
 * Makes one rendition: upright, without any metadata but a colour profile that fits it. Runs in a worker
 * process only.
 */
export async function draw({
  path,
  to,
  recipe,
  drawing,
  maxPixels,
}: Drawing): Promise<RenderedFile> {
  // Read here, a drawing has no folder that it could name other files in.
  const input = drawing ? await readFile(path) : path;
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
  // libvips turns single pictures only, and animations are not turned by anybody.
  const upright = isMoving ? source : source.autoOrient();
  const sized = resize(upright, planFor(drawing ?? autoOrient, recipe), recipe);
  const coloured = withProfile(sized, metadata);
  const bytes = await ENCODE[recipe.format](coloured, recipe.quality).toBuffer();
  // At once, for the process has nothing else to do.
  writeFileSync(to, bytes, { flag: 'wx' });
  return describe(bytes);
}

export const describe = (bytes: Buffer): RenderedFile => ({
  byteSize: bytes.length,
  checksum: createHash('sha256').update(bytes).digest('hex'),
});

/** Of a TIFF with several pages and an AVIF with several pictures the first is the picture. */
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

/** A profile is for its own kind of colours: those of greys and of printers' inks don't fit what comes out. */
function withProfile(image: Sharp, { icc, space }: Pick<Metadata, 'icc' | 'space'>): Sharp {
  const fits = icc !== undefined && icc.length <= MAX_PROFILE_BYTES && COLOURED.has(space);
  return fits ? image.keepIccProfile() : image;
}

/** AVIF at a higher effort takes seconds; WebP at 2 is half as fast again as at 4, for 6 % more bytes. */
const ENCODE: Readonly<Record<Format, (image: Sharp, quality: number | null) => Sharp>> = {
  avif: (image, quality) => image.avif({ quality: quality ?? 50, effort: 2 }),
  webp: (image, quality) => image.webp({ quality: quality ?? 80, effort: 2 }),
  jpeg: (image, quality) => image.jpeg({ quality: quality ?? 80, progressive: true }),
  png: (image) => image.png(),
  gif: (image) => image.gif({ effort: 3 }),
};
