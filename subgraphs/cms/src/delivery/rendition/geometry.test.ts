import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { type Box, planFor, sizeOf } from './geometry.ts';

const { seed, isThorough } = inject('random');

const MIDDLE = { x: 500, y: 500 };
const box = (changes: Partial<Box>): Box => ({
  width: null,
  height: null,
  fit: 'INSIDE',
  focus: MIDDLE,
  ...changes,
});
const sized = (width: number, height: number) => ({ width, height });

test.for([
  ['a width', { width: 400 }, sized(400, 300)],
  ['a height', { height: 300 }, sized(400, 300)],
  ['both: the smaller scale decides', { width: 400, height: 100 }, sized(133, 100)],
  ['nothing', {}, sized(1600, 1200)],
  ['more than its size', { width: 4000 }, sized(1600, 1200)],
  ['one pixel', { width: 1 }, sized(1, 1)],
  ['cover', { width: 400, height: 400, fit: 'COVER' }, sized(400, 400)],
  ['contain', { width: 400, height: 400, fit: 'CONTAIN' }, sized(400, 400)],
  ['cover with one side', { width: 400, fit: 'COVER' }, sized(400, 300)],
  ['cover larger than the image', { width: 4000, height: 2000, fit: 'COVER' }, sized(1600, 800)],
  [
    'contain larger than the image',
    { width: 4000, height: 4000, fit: 'CONTAIN' },
    sized(1600, 1600),
  ],
] as const)('1600 × 1200: %s', ([, changes, size]) => {
  expect(sizeOf(planFor(sized(1600, 1200), box(changes)))).toEqual(size);
});

test.for([
  ['a width', { width: 400 }, sized(400, 240)],
  ['a height', { height: 300 }, sized(500, 300)],
  ['both', { width: 400, height: 100 }, sized(167, 100)],
  ['nothing', {}, sized(5, 3)],
  ['cover', { width: 400, height: 400, fit: 'COVER' }, sized(400, 400)],
  ['contain', { width: 400, height: 400, fit: 'CONTAIN' }, sized(400, 400)],
  ['the largest size', { width: 4096, height: 4096 }, sized(4096, 2458)],
] as const)('a drawing of 5 × 3: %s', ([, changes, size]) => {
  expect(sizeOf(planFor({ ...sized(5, 3), isVector: true }, box(changes)))).toEqual(size);
});

test('limits a tall drawing to 4096', () => {
  const drawing = { ...sized(1, 1_000), isVector: true };
  expect(sizeOf(planFor(drawing, box({ width: 4096 })))).toEqual(sized(4, 4096));
});

test.for([
  ['width', { width: 4096, height: 4096, fit: 'COVER' }],
  ['height', { width: 1, height: 4096, fit: 'COVER' }],
  ['inside', { width: 4096, height: 4096 }],
] as const)('draws a very thin drawing in a size that renderers can draw: %s', ([, changes]) => {
  for (const [width, height] of [
    [30_000, 1],
    [1, 30_000],
    [3000, 30],
  ] as const) {
    const plan = planFor({ width, height, isVector: true }, box(changes));
    expect(plan.scaled.width * plan.scaled.height).toBeLessThan(40_000_000);
    expect(Math.max(plan.scaled.width, plan.scaled.height)).toBeLessThanOrEqual(32_000);
    const size = sizeOf(plan);
    if (plan.crop && changes.width === 4096) expect(size.width).toBe(size.height);
  }
});

test('crops off what is farthest from the focal point', () => {
  const cropAt = (x: number) =>
    planFor(sized(1600, 400), box({ width: 200, height: 200, fit: 'COVER', focus: { x, y: 500 } }))
      .crop;
  expect(cropAt(0)).toMatchObject({ left: 0 });
  expect(cropAt(250)).toMatchObject({ left: 100, top: 0, width: 200, height: 200 });
  expect(cropAt(500)).toMatchObject({ left: 300 });
  expect(cropAt(1000)).toMatchObject({ left: 600 });
});

test('limits an image of more than 4096 pixels to 4096', () => {
  expect(sizeOf(planFor(sized(9000, 3000), box({})))).toEqual(sized(4096, 1365));
});

const side = fc.integer({ min: 1, max: 10_000 });
const wanted = fc.option(fc.integer({ min: 1, max: 4096 }));
const boxes = fc.record({
  width: wanted,
  height: wanted,
  fit: fc.constantFrom('INSIDE', 'COVER', 'CONTAIN'),
  focus: fc.record({
    x: fc.integer({ min: 0, max: 1000 }),
    y: fc.integer({ min: 0, max: 1000 }),
  }),
});

test('never enlarges, exceeds the requested size or crops out of bounds', () => {
  fc.assert(
    fc.property(side, side, boxes, (width, height, requested) => {
      const { scaled, crop, canvas } = planFor({ width, height }, requested);
      expect(scaled.width).toBeLessThanOrEqual(width);
      expect(scaled.height).toBeLessThanOrEqual(height);
      if (crop) {
        expect(crop.left).toBeGreaterThanOrEqual(0);
        expect(crop.top).toBeGreaterThanOrEqual(0);
        expect(crop.left + crop.width).toBeLessThanOrEqual(scaled.width);
        expect(crop.top + crop.height).toBeLessThanOrEqual(scaled.height);
      }
      if (canvas) {
        expect(canvas.width).toBeGreaterThanOrEqual(scaled.width);
        expect(canvas.height).toBeGreaterThanOrEqual(scaled.height);
      }
      const size = sizeOf({ scaled, crop, canvas });
      expect(size.width).toBeLessThanOrEqual(requested.width ?? 4096);
      expect(size.height).toBeLessThanOrEqual(requested.height ?? 4096);
      expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
    }),
    { seed, numRuns: isThorough ? 20_000 : 500 },
  );
});
