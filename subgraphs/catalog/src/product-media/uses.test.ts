import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { ProductMedia, Uses } from './product-media.ts';
import { USAGE_TYPES, findUse, isSameUse, move, place, placeAsMain, without } from './uses.ts';

const { seed, isThorough } = inject('random');

const useOf = (
  id: string,
  usageType: ProductMedia['usageType'] = 'GALLERY',
  mediaId = `file-${id}`,
): ProductMedia => ({
  id,
  mediaId,
  usageType,
  displayOrder: 0,
  variantId: usageType === 'VARIANT' ? 'variant' : null,
  altText: null,
  createdAt: new Date(0),
  claimVersion: 1,
  isHidden: false,
});
const rowOf = (...uses: ProductMedia[]): Uses =>
  uses.reduce<Uses>((placed, use) => place(placed, use), []);
const shortOf = (uses: Uses): string =>
  uses.map(({ id, usageType, displayOrder }) => `${id}:${usageType}:${displayOrder}`).join(' ');

test('a usage without a position goes last among its type', () => {
  const uses = rowOf(useOf('a'), useOf('s', 'SWATCH'), useOf('b'), useOf('m', 'MAIN_IMAGE'));
  expect(shortOf(uses)).toBe('m:MAIN_IMAGE:0 a:GALLERY:0 b:GALLERY:1 s:SWATCH:0');
});

test('a usage with a position moves the ones behind it; a position beyond the end is the end', () => {
  const uses = rowOf(useOf('a'), useOf('b'));
  expect(shortOf(place(uses, useOf('x'), 1))).toBe('a:GALLERY:0 x:GALLERY:1 b:GALLERY:2');
  expect(shortOf(place(uses, useOf('x'), 99))).toBe('a:GALLERY:0 b:GALLERY:1 x:GALLERY:2');
});

test('a removed usage leaves no gap', () => {
  const uses = rowOf(useOf('a'), useOf('b'), useOf('c'));
  expect(shortOf(without(uses, ({ id }) => id === 'b'))).toBe('a:GALLERY:0 c:GALLERY:1');
});

test('a usage moves forward and back to the requested position', () => {
  const uses = rowOf(useOf('a'), useOf('b'), useOf('c'));
  expect(shortOf(move(uses, { id: 'a', position: 1 }))).toBe('b:GALLERY:0 a:GALLERY:1 c:GALLERY:2');
  expect(shortOf(move(uses, { id: 'c', position: 0 }))).toBe('c:GALLERY:0 a:GALLERY:1 b:GALLERY:2');
  expect(shortOf(move(uses, { id: 'nobody', position: 0 }))).toBe(shortOf(uses));
});

test('the former main image becomes the first of the gallery', () => {
  const uses = rowOf(useOf('m', 'MAIN_IMAGE'), useOf('a'));
  expect(shortOf(placeAsMain(uses, useOf('x')))).toBe('x:MAIN_IMAGE:0 m:GALLERY:0 a:GALLERY:1');
});

test('a former main image that is also in the gallery keeps its position there', () => {
  const uses = rowOf(useOf('m', 'MAIN_IMAGE', 'file'), useOf('a'), useOf('g', 'GALLERY', 'file'));
  expect(shortOf(placeAsMain(uses, useOf('x')))).toBe('x:MAIN_IMAGE:0 a:GALLERY:0 g:GALLERY:1');
});

test('a usage leaves the gallery when it becomes the main image', () => {
  const uses = rowOf(useOf('m', 'MAIN_IMAGE'), useOf('a'), useOf('b'));
  const [, , b] = uses;
  expect(shortOf(placeAsMain(uses, b!))).toBe('b:MAIN_IMAGE:0 m:GALLERY:0 a:GALLERY:1');
});

test('other usages of the new main image’s file stay, except in the gallery', () => {
  const uses = rowOf(useOf('g', 'GALLERY', 'file'), useOf('t', 'THUMBNAIL', 'file'));
  expect(shortOf(placeAsMain(uses, useOf('x', 'GALLERY', 'file')))).toBe(
    'x:MAIN_IMAGE:0 t:THUMBNAIL:0',
  );
});

const anyUse = fc.record({
  usageType: fc.constantFrom(...USAGE_TYPES),
  mediaId: fc.constantFrom('f1', 'f2', 'f3', 'f4'),
});
/** Valid usages of a product: none twice, at most one main image. */
const anyUses = fc.array(anyUse, { maxLength: 12 }).map((drafts) =>
  drafts.reduce<Uses>((uses, { usageType, mediaId }, index) => {
    const use = useOf(`u${index}`, usageType, mediaId);
    const isRejected =
      findUse(uses, use) ?? (usageType === 'MAIN_IMAGE' && uses[0]?.usageType === 'MAIN_IMAGE');
    return isRejected ? uses : place(uses, use);
  }, []),
);

function expectSound(uses: Uses) {
  for (const usageType of USAGE_TYPES) {
    const row = uses.filter((use) => use.usageType === usageType);
    expect(row.map(({ displayOrder }) => displayOrder)).toEqual(row.map((_use, index) => index));
  }
  expect(uses.filter(({ usageType }) => usageType === 'MAIN_IMAGE').length).toBeLessThanOrEqual(1);
  for (const use of uses) expect(uses.filter((other) => isSameUse(use, other))).toEqual([use]);
}

test('after any change of the main image there is one, shown once, and the order has no gaps', () => {
  fc.assert(
    fc.property(anyUses, anyUse, (uses, { mediaId }) => {
      const known = findUse(uses, useOf('x', 'GALLERY', mediaId));
      if (findUse(uses, useOf('x', 'MAIN_IMAGE', mediaId))) return;
      const after = placeAsMain(uses, known ?? useOf('x', 'GALLERY', mediaId));
      expectSound(after);
      const shown = after.filter(({ usageType }) => ['MAIN_IMAGE', 'GALLERY'].includes(usageType));
      expect(shown.filter((use) => use.mediaId === mediaId)).toHaveLength(1);
      expect(after[0]).toMatchObject({ usageType: 'MAIN_IMAGE', mediaId, displayOrder: 0 });
      const files = (some: Uses) => new Set(some.map((use) => use.mediaId));
      expect(files(after)).toEqual(new Set([...files(uses), mediaId]));
    }),
    { seed, numRuns: isThorough ? 10_000 : 100 },
  );
});

test('a move changes neither the relative order of others nor other types', () => {
  fc.assert(
    fc.property(anyUses, fc.nat(15), fc.nat(15), (uses, which, position) => {
      const use = uses[which % Math.max(uses.length, 1)];
      if (!use) return;
      const after = move(uses, { id: use.id, position });
      expectSound(after);
      const others = (some: Uses) => some.map(({ id }) => id).filter((id) => id !== use.id);
      expect(others(after)).toEqual(others(uses));
      const rowLength = uses.filter(({ usageType }) => usageType === use.usageType).length;
      const moved = after.find(({ id }) => id === use.id);
      expect(moved?.displayOrder).toBe(Math.min(position, rowLength - 1));
    }),
    { seed, numRuns: isThorough ? 10_000 : 100 },
  );
});

test('what does not move stays the same object, so only what moves is written', () => {
  const uses = rowOf(useOf('a'), useOf('b'), useOf('c'), useOf('s', 'SWATCH'));
  const after = move(uses, { id: 'c', position: 1 });
  expect(after.filter((use) => uses.includes(use)).map(({ id }) => id)).toEqual(['a', 's']);
});
