import sharp from 'sharp';
import { expect, test } from 'vitest';

import { gradientsOf, paint } from './pictures/paint.ts';
import { picturesOf } from './pictures.ts';
import { render } from './render.ts';
import { shop } from './shop.ts';

const pictures = shop.flatMap(picturesOf);

test('no two pictures share a file name or a look', () => {
  expect(new Set(pictures.map(({ filename }) => filename)).size).toBe(pictures.length);
  expect(new Set(pictures.map(({ svg }) => svg)).size).toBeGreaterThanOrEqual(
    pictures.length - sharedSwatches(),
  );
});

test('every product has one main image and at least two in its gallery', () => {
  for (const product of shop) {
    const uses = picturesOf(product).flatMap((picture) => picture.uses.map((use) => use.usageType));
    expect(uses.filter((use) => use === 'MAIN_IMAGE')).toHaveLength(1);
    expect(uses.filter((use) => use === 'GALLERY').length).toBeGreaterThanOrEqual(2);
  }
});

test('every picture says in words what it shows', () => {
  for (const { altText } of pictures) expect(altText).toMatch(/^[A-Z].{10,200}\.$/);
});

test('the same picture is drawn the same every time', () => {
  expect(shop.flatMap(picturesOf)).toEqual(pictures);
});

test.each(['jpg', 'png', 'webp'])('a %s is what its name says', async (format) => {
  const picture = pictures.find(({ filename }) => filename.endsWith(`.${format}`))!;
  const { bytes, mimeType } = await render(picture);
  const metadata = await sharp(bytes).metadata();
  expect(mimeType).toBe(`image/${metadata.format}`);
  expect(metadata.width).toBeGreaterThan(300);
});

test('every drawing can be drawn', async () => {
  for (const { svg, filename } of pictures) {
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
  const swatches = pictures.filter(({ filename }) => filename.includes('swatch'));
  return swatches.length - new Set(swatches.map(({ svg }) => svg)).size;
}
