import { FORMATS, type Format, type FormatChoice } from './format.ts';
import type { Box } from './geometry.ts';

/** Everything that distinguishes the renditions of one image. */
export interface Recipe extends Box {
  readonly format: FormatChoice;
  /** 1 to 100; null for the format's default. */
  readonly quality: number | null;
  /** Six lower-case hexadecimal digits; null for the default. */
  readonly background: string | null;
}

/** A recipe with a resolved format. */
export interface SettledRecipe extends Omit<Recipe, 'format'> {
  readonly format: Format;
}

const GRAMMAR =
  /^(?:w([1-9]\d{0,3}))?(?:h([1-9]\d{0,3}))?(inside|cover|contain)(?:x(\d{1,4})y(\d{1,4}))?(?:q([1-9]\d{0,2}))?(?:b([0-9a-f]{6}))?-([a-z]{3,4})$/;
const FITS = { inside: 'INSIDE', cover: 'COVER', contain: 'CONTAIN' } as const;
const MIDDLE = { x: 500, y: 500 };

/**
 * A recipe as URLs and storage keys contain it: `w400h300coverx500y250q80bffffff-webp`. Equal
 * recipes have equal texts, so that they are rendered and stored once.
 */
export function formatRecipe({
  width,
  height,
  fit,
  focus,
  quality,
  background,
  ...recipe
}: Recipe | SettledRecipe) {
  const isAimed = !isCentred({ width, height, fit, focus });
  return [
    width === null ? '' : `w${width}`,
    height === null ? '' : `h${height}`,
    fit.toLowerCase(),
    isAimed ? `x${focus.x}y${focus.y}` : '',
    quality === null ? '' : `q${quality}`,
    background === null ? '' : `b${background}`,
    `-${recipe.format}`,
  ].join('');
}

/** Cropped around the centre, or not cropped at all. */
export const isCentred = ({ width, height, fit, focus }: Box): boolean =>
  fit !== 'COVER' ||
  width === null ||
  height === null ||
  (focus.x === MIDDLE.x && focus.y === MIDDLE.y);

/**
 * Null for any text that `formatRecipe` does not write. Signed URLs may contain recipes of an older
 * version.
 */
export function parseRecipe(text: string): Recipe | null {
  const [, width, height, fit, x, y, quality, background, format] = GRAMMAR.exec(text) ?? [];
  const choice = CHOICES.find((known) => known === format);
  if (choice === undefined || !isFit(fit)) return null;
  return {
    width: width === undefined ? null : Number(width),
    height: height === undefined ? null : Number(height),
    fit: FITS[fit],
    focus: x === undefined || y === undefined ? MIDDLE : { x: Number(x), y: Number(y) },
    quality: quality === undefined ? null : Number(quality),
    background: background ?? null,
    format: choice,
  };
}

const CHOICES: readonly FormatChoice[] = ['auto', ...FORMATS.filter((format) => format !== 'gif')];

const isFit = (text: string | undefined): text is keyof typeof FITS =>
  text !== undefined && Object.hasOwn(FITS, text);
