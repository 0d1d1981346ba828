import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { FORMATS } from './format.ts';
import { parseRecipe, formatRecipe } from './recipe.ts';

const { seed, isThorough } = inject('random');

const side = fc.option(fc.integer({ min: 1, max: 4096 }));
const share = fc.integer({ min: 0, max: 1000 });
const recipes = fc.record({
  width: side,
  height: side,
  fit: fc.constantFrom('INSIDE', 'COVER', 'CONTAIN'),
  focus: fc.record({ x: share, y: share }),
  format: fc.constantFrom('auto', 'avif', 'webp', 'jpeg', 'png'),
  quality: fc.option(fc.integer({ min: 1, max: 100 })),
  background: fc.option(fc.stringMatching(/^[0-9a-f]{6}$/)),
});

test('reads the recipe that it wrote, except for a focal point without effect', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const text = formatRecipe(recipe);
      const read = parseRecipe(text);
      const isCropped = recipe.fit === 'COVER' && recipe.width !== null && recipe.height !== null;
      expect(read).toEqual({ ...recipe, focus: isCropped ? recipe.focus : { x: 500, y: 500 } });
      expect(text).toMatch(/^[a-z0-9-]{1,100}$/);
      expect(read && formatRecipe(read)).toBe(text);
    }),
    { seed, numRuns: isThorough ? 10_000 : 100 },
  );
});

test.for(['', 'w0inside-webp', 'w99999inside-webp', 'inside-tiff', 'w400-webp', 'w400INSIDE-webp'])(
  'rejects %j',
  (text) => expect(parseRecipe(text)).toBeNull(),
);

test('writes each format differently', () => {
  const recipe = {
    width: 400,
    height: null,
    fit: 'INSIDE',
    focus: { x: 1, y: 2 },
    quality: null,
    background: null,
  } as const;
  expect(FORMATS.map((format) => formatRecipe({ ...recipe, format }))).toEqual([
    'w400inside-avif',
    'w400inside-webp',
    'w400inside-jpeg',
    'w400inside-png',
    'w400inside-gif',
  ]);
});
