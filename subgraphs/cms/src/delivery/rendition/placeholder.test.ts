import fc from 'fast-check';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { expect, inject, test } from 'vitest';
import { createPlaceholders } from './placeholder.ts';

const { seed, isThorough } = inject('random');

const placeholders = createPlaceholders();
const bytesOf = (url: string) => Buffer.from(url.split(',')[1]!, 'base64');

/** The left half red, the right half blue. */
function halves({
  width,
  height,
  alpha = 255,
}: Record<'width' | 'height', number> & { alpha?: number }) {
  const rgba = Array.from({ length: width * height }, (_, index) =>
    index % width < width / 2 ? [255, 0, 0, alpha] : [0, 0, 255, 255],
  );
  return rgbaToThumbHash(width, height, Uint8Array.from(rgba.flat()));
}

test('looks like the image and has its aspect ratio', async () => {
  const url = placeholders.of(halves({ width: 32, height: 24 }));
  expect(url).toMatch(/^data:image\/png;base64,/);
  const image = sharp(bytesOf(url));
  const { width, height, hasAlpha } = await image.metadata();
  expect({ width, hasAlpha }).toEqual({ width: 16, hasAlpha: false });
  expect(width / height).toBeCloseTo(4 / 3, 0);
  const pixels = await image.raw().toBuffer();
  const [left, right] = [pixels.subarray(0, 3), pixels.subarray(15 * 3, 16 * 3)];
  expect(left[0]).toBeGreaterThan(180);
  expect(left[2]).toBeLessThan(90);
  expect(right[0]).toBeLessThan(90);
  expect(right[2]).toBeGreaterThan(180);
});

test('keeps transparency', async () => {
  const url = placeholders.of(halves({ width: 32, height: 32, alpha: 0 }));
  const pixels = await sharp(bytesOf(url)).raw().toBuffer();
  expect(pixels[3]).toBeLessThan(100);
  expect(pixels[15 * 4 + 3]).toBeGreaterThan(200);
});

test('is an image of less than 1 kB for any hash', async () => {
  const hash = fc.uint8Array({ minLength: 25, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(hash, async (bytes) => {
      const url = placeholders.of(bytes);
      expect(url.length).toBeLessThan(1_000);
      await sharp(bytesOf(url)).raw().toBuffer();
    }),
    { seed, numRuns: isThorough ? 5_000 : 100 },
  );
});
