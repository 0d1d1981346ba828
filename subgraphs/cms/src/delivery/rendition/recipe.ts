import { FORMATS, type Format, type FormatChoice } from './format.ts';
import type { Box } from './geometry.ts';

/** All that makes one rendition of a picture different from another. */
export interface Recipe extends Box {
  readonly format: FormatChoice;
  /** 1 to 100; null: the format's own default. */
  readonly quality: number | null;
  /** Six hexadecimal digits, lower-case; null: none was named. */
  readonly background: string | null;
}

/** A recipe once its format is settled. */
export interface SettledRecipe extends Omit<Recipe, 'format'> {
  readonly format: Format;
}

const GRAMMAR =
  /^(?:w([1-9]\d{0,3}))?(?:h([1-9]\d{0,3}))?(inside|cover|contain)(?:x(\d{1,4})y(\d{1,4}))?(?:q([1-9]\d{0,2}))?(?:b([0-9a-f]{6}))?-([a-z]{3,4})$/;
const FITS = { inside: 'INSIDE', cover: 'COVER', contain: 'CONTAIN' } as const;
const MIDDLE = { x: 500, y: 500 };

/**
 * A recipe as it stands in addresses and storage keys: `w400h300coverx500y250q80bffffff-webp`. One recipe
 * has one spelling, so that what is the same is made and kept once.
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

/** Cut out of the middle, or not cut at all. */
export const isCentred = ({ width, height, fit, focus }: Box): boolean =>
  fit !== 'COVER' ||
  width === null ||
  height === null ||
  (focus.x === MIDDLE.x && focus.y === MIDDLE.y);

/** Null for what `spell` has not written; of addresses, an older version of it may have. */
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
