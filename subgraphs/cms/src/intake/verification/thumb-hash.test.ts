import fc from 'fast-check';
import sharp from 'sharp';
import { expect, inject, test } from 'vitest';
import { createPlaceholders } from '../../delivery/rendition/placeholder.ts';
import { thumbHashOf } from './thumb-hash.ts';

const { seed, isThorough } = inject('random');
const placeholders = createPlaceholders();

interface Size {
  readonly width: number;
  readonly height: number;
}

async function shownFor({ width, height }: Size, pixels: Uint8Array) {
  const hash = Buffer.from(thumbHashOf({ width, height, pixels }), 'base64');
  const url = placeholders.of(new Uint8Array(hash));
  const image = sharp(Buffer.from(url.split(',')[1]!, 'base64'));
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, ratio: info.width / info.height };
}

const filled = ({ width, height }: Size, colour: readonly number[]) =>
  Uint8Array.from(Array.from({ length: width * height }, () => colour).flat());

/** Of every pixel. A ThumbHash has six bits for each part of its mean colour. */
const QUANTIZATION = 8;

const SMALL: [number, number][] = [
  [1, 1],
  [2, 1],
  [1, 2],
  [2, 2],
  [3, 2],
  [3, 3],
  [4, 4],
  [6, 5],
  [32, 1],
  [1, 32],
  [32, 2],
  [2, 31],
  [32, 24],
];

test.for(SMALL)('the placeholder of %i × %i pixels of one colour has this colour', async (size) => {
  const [width, height] = size;
  for (const colour of [
    [255, 255, 255, 255],
    [200, 30, 90, 255],
    [20, 120, 60, 255],
    [40, 80, 200, 128],
  ]) {
    const { data } = await shownFor({ width, height }, filled({ width, height }, colour));
    for (const [index, value] of data.entries()) {
      const tolerance = index % 4 === 3 ? 10 : QUANTIZATION;
      expect(Math.abs(value - colour[index % 4]!), colour.join(' ')).toBeLessThanOrEqual(tolerance);
    }
  }
});

test('the placeholder of a small or thin image has its mean colour', async () => {
  const image = fc
    .record({ width: fc.integer({ min: 1, max: 8 }), height: fc.integer({ min: 1, max: 32 }) })
    .chain(({ width, height }) =>
      fc.record({
        size: fc.constantFrom({ width, height }, { width: height, height: width }),
        // Neither black nor white, which a mean of clipped waves would miss.
        greys: fc.array(fc.integer({ min: 90, max: 160 }), {
          minLength: width * height,
          maxLength: width * height,
        }),
      }),
    );
  await fc.assert(
    fc.asyncProperty(image, async ({ size, greys }) => {
      const pixels = Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey, 255]));
      const { data } = await shownFor(size, pixels);
      const mean = (values: Iterable<number>) => {
        const all = [...values];
        return all.reduce((sum, value) => sum + value, 0) / all.length;
      };
      const shown = mean(data.filter((_, index) => index % 4 === 0));
      expect(Math.abs(shown - mean(greys))).toBeLessThan(2 * QUANTIZATION);
    }),
    { seed, numRuns: isThorough ? 2_000 : 100 },
  );
});

test.for([
  [32, 1, 7],
  [1, 32, 1 / 7],
  [3, 3, 1],
  [4, 2, 2],
] as const)('the placeholder of %i × %i pixels has an aspect ratio of %f', async (expected) => {
  const [width, height, wanted] = expected;
  const { ratio } = await shownFor({ width, height }, filled({ width, height }, [9, 9, 9, 255]));
  expect(ratio / wanted).toBeGreaterThan(0.8);
  expect(ratio / wanted).toBeLessThan(1.25);
});

test('the halves of two pixels stay on their side', async () => {
  const { data } = await shownFor(
    { width: 2, height: 1 },
    Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 255]),
  );
  expect(data[0]!).toBeGreaterThan(180);
  expect(data[2]!).toBeLessThan(90);
  expect(data[15 * 4]!).toBeLessThan(90);
  expect(data[15 * 4 + 2]!).toBeGreaterThan(180);
});
