import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { MAX_SIDE, type Source, planFor, sizeOf } from '../rendition/geometry.ts';
import type { Recipe } from '../rendition/recipe.ts';
import { resized } from '../rendition/transform.ts';

/** For phones up to wide high-density screens. */
const DEFAULT_WIDTHS = [320, 640, 960, 1280, 1920, 2560];
const MAX_WIDTHS = 20;

/**
 * One recipe per width, in ascending order, each with the width it really renders. Widths that would enlarge the image
 * are replaced by one candidate in its own size; drawings are enlarged.
 * @throws BAD_USER_INPUT for invalid widths
 */
export function srcSetCandidates(
  recipe: Recipe,
  { image, widths }: { image: Source; widths: readonly number[] | null },
): { width: number; recipe: Recipe }[] {
  const byWidth = new Map<number, Recipe>();
  for (const width of (widths ? checkWidths(widths) : DEFAULT_WIDTHS).toSorted((a, b) => a - b)) {
    const candidate = { ...recipe, ...withWidth(recipe, width) };
    const realWidth = sizeOf(planFor(image, candidate)).width;
    if (!byWidth.has(realWidth)) byWidth.set(realWidth, candidate);
  }
  return [...byWidth].map(([width, candidate]) => ({ width, recipe: candidate }));
}

/** Without an aspect ratio, the height is only a limit. */
const withWidth = (recipe: Recipe, width: number) =>
  recipe.width === null
    ? { width, height: recipe.height }
    : resized(recipe, { width, height: null });

function checkWidths(widths: readonly number[]): readonly number[] {
  if (widths.length === 0 || widths.length > MAX_WIDTHS) {
    throw badUserInput(`\`widths\` must list between 1 and ${MAX_WIDTHS} widths.`, ['widths']);
  }
  const wrong = widths.findIndex((width) => width < 1 || width > MAX_SIDE);
  if (wrong === -1) return widths;
  throw badUserInput(`A width must be between 1 and ${MAX_SIDE} pixels.`, ['widths', `${wrong}`]);
}
