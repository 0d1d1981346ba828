import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { ProductMedia, Usages } from './product-media.ts';
import {
  USAGE_TYPES,
  findUsage,
  isSameUsage,
  move,
  place,
  placeAsMain,
  without,
} from './usages.ts';

const { seed, isThorough } = inject('random');

const usageOf = (
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
const rowOf = (...usages: ProductMedia[]): Usages =>
  usages.reduce<Usages>((placed, usage) => place(placed, usage), []);
const shortOf = (usages: Usages): string =>
  usages.map(({ id, usageType, displayOrder }) => `${id}:${usageType}:${displayOrder}`).join(' ');

test('a usage without a position goes last among its type', () => {
  const usages = rowOf(
    usageOf('a'),
    usageOf('s', 'SWATCH'),
    usageOf('b'),
    usageOf('m', 'MAIN_IMAGE'),
  );
  expect(shortOf(usages)).toBe('m:MAIN_IMAGE:0 a:GALLERY:0 b:GALLERY:1 s:SWATCH:0');
});

test('a usage with a position moves the ones behind it; a position beyond the end is the end', () => {
  const usages = rowOf(usageOf('a'), usageOf('b'));
  expect(shortOf(place(usages, usageOf('x'), 1))).toBe('a:GALLERY:0 x:GALLERY:1 b:GALLERY:2');
  expect(shortOf(place(usages, usageOf('x'), 99))).toBe('a:GALLERY:0 b:GALLERY:1 x:GALLERY:2');
});

test('a removed usage leaves no gap', () => {
  const usages = rowOf(usageOf('a'), usageOf('b'), usageOf('c'));
  expect(shortOf(without(usages, ({ id }) => id === 'b'))).toBe('a:GALLERY:0 c:GALLERY:1');
});

test('a usage moves forward and back to the requested position', () => {
  const usages = rowOf(usageOf('a'), usageOf('b'), usageOf('c'));
  expect(shortOf(move(usages, { id: 'a', position: 1 }))).toBe(
    'b:GALLERY:0 a:GALLERY:1 c:GALLERY:2',
  );
  expect(shortOf(move(usages, { id: 'c', position: 0 }))).toBe(
    'c:GALLERY:0 a:GALLERY:1 b:GALLERY:2',
  );
  expect(shortOf(move(usages, { id: 'nobody', position: 0 }))).toBe(shortOf(usages));
});

test('the former main image becomes the first of the gallery', () => {
  const usages = rowOf(usageOf('m', 'MAIN_IMAGE'), usageOf('a'));
  expect(shortOf(placeAsMain(usages, usageOf('x')))).toBe('x:MAIN_IMAGE:0 m:GALLERY:0 a:GALLERY:1');
});

test('a former main image that is also in the gallery keeps its position there', () => {
  const usages = rowOf(
    usageOf('m', 'MAIN_IMAGE', 'file'),
    usageOf('a'),
    usageOf('g', 'GALLERY', 'file'),
  );
  expect(shortOf(placeAsMain(usages, usageOf('x')))).toBe('x:MAIN_IMAGE:0 a:GALLERY:0 g:GALLERY:1');
});

test('a usage leaves the gallery when it becomes the main image', () => {
  const usages = rowOf(usageOf('m', 'MAIN_IMAGE'), usageOf('a'), usageOf('b'));
  const [, , b] = usages;
  expect(shortOf(placeAsMain(usages, b!))).toBe('b:MAIN_IMAGE:0 m:GALLERY:0 a:GALLERY:1');
});

test('other usages of the new main image’s file stay, except in the gallery', () => {
  const usages = rowOf(usageOf('g', 'GALLERY', 'file'), usageOf('t', 'THUMBNAIL', 'file'));
  expect(shortOf(placeAsMain(usages, usageOf('x', 'GALLERY', 'file')))).toBe(
    'x:MAIN_IMAGE:0 t:THUMBNAIL:0',
  );
});

const anyUsage = fc.record({
  usageType: fc.constantFrom(...USAGE_TYPES),
  mediaId: fc.constantFrom('f1', 'f2', 'f3', 'f4'),
});
/** Valid usages of a product: none twice, at most one main image. */
const anyUsages = fc.array(anyUsage, { maxLength: 12 }).map((drafts) =>
  drafts.reduce<Usages>((usages, { usageType, mediaId }, index) => {
    const usage = usageOf(`u${index}`, usageType, mediaId);
    const isRejected =
      findUsage(usages, usage) ??
      (usageType === 'MAIN_IMAGE' && usages[0]?.usageType === 'MAIN_IMAGE');
    return isRejected ? usages : place(usages, usage);
  }, []),
);

function expectSound(usages: Usages) {
  for (const usageType of USAGE_TYPES) {
    const row = usages.filter((usage) => usage.usageType === usageType);
    expect(row.map(({ displayOrder }) => displayOrder)).toEqual(row.map((_use, index) => index));
  }
  expect(usages.filter(({ usageType }) => usageType === 'MAIN_IMAGE').length).toBeLessThanOrEqual(
    1,
  );
  for (const usage of usages)
    expect(usages.filter((other) => isSameUsage(usage, other))).toEqual([usage]);
}

test('after any change of the main image there is one, shown once, and the order has no gaps', () => {
  fc.assert(
    fc.property(anyUsages, anyUsage, (usages, { mediaId }) => {
      const known = findUsage(usages, usageOf('x', 'GALLERY', mediaId));
      if (findUsage(usages, usageOf('x', 'MAIN_IMAGE', mediaId))) return;
      const after = placeAsMain(usages, known ?? usageOf('x', 'GALLERY', mediaId));
      expectSound(after);
      const shown = after.filter(({ usageType }) => ['MAIN_IMAGE', 'GALLERY'].includes(usageType));
      expect(shown.filter((usage) => usage.mediaId === mediaId)).toHaveLength(1);
      expect(after[0]).toMatchObject({ usageType: 'MAIN_IMAGE', mediaId, displayOrder: 0 });
      const files = (some: Usages) => new Set(some.map((usage) => usage.mediaId));
      expect(files(after)).toEqual(new Set([...files(usages), mediaId]));
    }),
    { seed, numRuns: isThorough ? 10_000 : 100 },
  );
});

test('a move changes neither the relative order of others nor other types', () => {
  fc.assert(
    fc.property(anyUsages, fc.nat(15), fc.nat(15), (usages, which, position) => {
      const usage = usages[which % Math.max(usages.length, 1)];
      if (!usage) return;
      const after = move(usages, { id: usage.id, position });
      expectSound(after);
      const others = (some: Usages) => some.map(({ id }) => id).filter((id) => id !== usage.id);
      expect(others(after)).toEqual(others(usages));
      const rowLength = usages.filter(({ usageType }) => usageType === usage.usageType).length;
      const moved = after.find(({ id }) => id === usage.id);
      expect(moved?.displayOrder).toBe(Math.min(position, rowLength - 1));
    }),
    { seed, numRuns: isThorough ? 10_000 : 100 },
  );
});

test('what does not move stays the same object, so only what moves is written', () => {
  const usages = rowOf(usageOf('a'), usageOf('b'), usageOf('c'), usageOf('s', 'SWATCH'));
  const after = move(usages, { id: 'c', position: 1 });
  expect(after.filter((usage) => usages.includes(usage)).map(({ id }) => id)).toEqual(['a', 's']);
});
