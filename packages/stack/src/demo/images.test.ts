import sharp from 'sharp';
import { expect, test } from 'vitest';

import { gradientsOf, paint } from './images/paint.ts';
import { imagesOf } from './images.ts';
import { render } from './render.ts';
import { shop } from './shop.ts';

const images = shop.flatMap(imagesOf);

test('no two images share a file name or a look', () => {
  expect(new Set(images.map(({ filename }) => filename)).size).toBe(images.length);
  expect(new Set(images.map(({ svg }) => svg)).size).toBeGreaterThanOrEqual(
    images.length - sharedSwatches(),
  );
});

test('every product has one main image and at least two in its gallery', () => {
  for (const product of shop) {
    const usages = imagesOf(product).flatMap((image) => image.usages.map((use) => use.usageType));
    expect(usages.filter((use) => use === 'MAIN_IMAGE')).toHaveLength(1);
    expect(usages.filter((use) => use === 'GALLERY').length).toBeGreaterThanOrEqual(2);
  }
});

test('every image says in words what it shows', () => {
  for (const { altText } of images) expect(altText).toMatch(/^[A-Z].{10,200}\.$/);
});

test('the same image is drawn the same every time', () => {
  expect(shop.flatMap(imagesOf)).toEqual(images);
});

test.each(['jpg', 'png', 'webp'])('a %s is what its name says', async (format) => {
  const image = images.find(({ filename }) => filename.endsWith(`.${format}`))!;
  const { bytes, mimeType } = await render(image);
  const metadata = await sharp(bytes).metadata();
  expect(mimeType).toBe(`image/${metadata.format}`);
  expect(metadata.width).toBeGreaterThan(300);
});

test('every drawing can be drawn', async () => {
  for (const { svg, filename } of images) {
    const { width } = await sharp(Buffer.from(svg)).metadata();
    expect(width, filename).toBeGreaterThan(300);
    expect(svg, filename).not.toMatch(/NaN|undefined/);
  }
});

test('a paint nobody knows is refused instead of drawn black', () => {
  expect(gradientsOf(`<rect fill="${paint('round', 'c66a48')}"/>`)).toContain('id="round-c66a48"');
  expect(() => gradientsOf('<rect fill="url(#velvet-c66a48)"/>')).toThrow('velvet-c66a48');
});

/** Two products in the same colour have the same swatch. */
function sharedSwatches(): number {
  const swatches = images.filter(({ filename }) => filename.includes('swatch'));
  return swatches.length - new Set(swatches.map(({ svg }) => svg)).size;
}
