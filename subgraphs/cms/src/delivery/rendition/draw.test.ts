import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { animation, jpeg, image, png } from '../../testing/images.ts';
import type { Size } from './geometry.ts';
import { createRenderer } from './renderer.ts';
import type { SettledRecipe } from './recipe.ts';

/**
 * Renders in a separate process, as in production: the process of the tests loads more of libvips.
 */
const logger = pino({ level: 'silent' });
const renderer = createRenderer({ maxPixels: 1_000_000, ffmpeg: null, workers: 1, logger });
afterAll(() => renderer.stop());

const RECIPE: SettledRecipe = {
  width: 40,
  height: null,
  fit: 'INSIDE',
  focus: { x: 500, y: 500 },
  format: 'png',
  quality: null,
  background: null,
};

async function render(
  bytes: Buffer,
  changes: Partial<SettledRecipe> = {},
  vectorSize: Size | null = null,
) {
  const folder = await temporaryFolder();
  const [path, to] = [join(folder, 'picture'), join(folder, 'rendition')];
  await writeFile(path, bytes);
  const recipe = { ...RECIPE, ...changes };
  const { byteSize } = await renderer.draw(
    { path, to, recipe, vectorSize },
    new AbortController().signal,
  );
  const rendition = await readFile(to);
  expect(rendition).toHaveLength(byteSize);
  return rendition;
}

/** The colour at a position given as fractions of the size. */
async function colourAt(bytes: Buffer, x: number, y: number, options = {}) {
  const { data, info } = await sharp(bytes, options).raw().toBuffer({ resolveWithObject: true });
  const column = Math.min(info.width - 1, Math.floor(x * info.width));
  const row = Math.min(info.height - 1, Math.floor(y * info.height));
  const at = (row * info.width + column) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

/** An image of four quarters: red and green above blue and white. */
function quarters(width = 80, height = 60) {
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const right = index % width < width / 2 ? 0 : 1;
    const below = index < (width * height) / 2 ? 0 : 2;
    return colours[right + below]!;
  });
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels: 3 } });
}

const near = (colour: number[], wanted: number[]) =>
  colour.every((value, index) => Math.abs(value - (wanted[index] ?? 255)) < 30);

test.for([1, 2, 3, 4, 5, 6, 7, 8])('applies orientation %i and removes it', async (orientation) => {
  const turned = await quarters().withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer();
  const shown = await sharp(turned).autoOrient().png().toBuffer();
  const rendition = await render(turned);
  const { width, height, ...metadata } = await sharp(rendition).metadata();
  expect([width, height]).toEqual(orientation < 5 ? [40, 30] : [40, 53]);
  expect(metadata.orientation).toBeUndefined();
  for (const [x, y] of [
    [0.2, 0.2],
    [0.8, 0.2],
    [0.2, 0.8],
    [0.8, 0.8],
  ] as const) {
    const wanted = await colourAt(shown, x, y);
    expect(near(await colourAt(rendition, x, y), wanted), `${x} ${y}`).toBe(true);
  }
});

test('removes the location and names that a camera stored', async () => {
  const bytes = await image()
    .withExif({
      IFD0: { Artist: 'A. Person', Copyright: 'A. Person' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">A. Person</x:xmpmeta>')
    .jpeg()
    .toBuffer();
  expect(bytes.includes('A. Person')).toBe(true);
  for (const format of ['avif', 'webp', 'jpeg', 'png'] as const) {
    const rendition = await render(bytes, { format });
    const { exif, xmp, iptc } = await sharp(rendition).metadata();
    expect([exif, xmp, iptc], format).toEqual([undefined, undefined, undefined]);
    expect(rendition.includes('A. Person')).toBe(false);
  }
});

test('COVER crops around the focal point', async () => {
  const bytes = await quarters(80, 40).png().toBuffer();
  const at = (x: number, y: number) =>
    render(bytes, { width: 10, height: 10, fit: 'COVER', focus: { x, y } });
  expect(near(await colourAt(await at(0, 0), 0.5, 0.2), [255, 0, 0])).toBe(true);
  expect(near(await colourAt(await at(1000, 0), 0.5, 0.2), [0, 255, 0])).toBe(true);
});

test('keeps transparency if the format has it; JPEG shows the background, white by default', async () => {
  const pixels = Buffer.alloc(40 * 40 * 4);
  const bytes = await sharp(pixels, { raw: { width: 40, height: 40, channels: 4 } })
    .png()
    .toBuffer();
  for (const format of ['avif', 'webp', 'png'] as const) {
    expect((await colourAt(await render(bytes, { format }), 0.5, 0.5))[3], format).toBe(0);
  }
  const white = await colourAt(await render(bytes, { format: 'jpeg' }), 0.5, 0.5);
  expect(near(white, [255, 255, 255])).toBe(true);
  const red = await render(bytes, { format: 'jpeg', background: 'ff0000' });
  expect(near(await colourAt(red, 0.5, 0.5), [255, 0, 0])).toBe(true);
});

test('CONTAIN fills the canvas with transparency, the background or, in a JPEG, white', async () => {
  const bytes = await quarters(80, 40).png().toBuffer();
  const contain = (changes: Partial<SettledRecipe>) =>
    render(bytes, { width: 40, height: 40, fit: 'CONTAIN', ...changes });
  expect((await colourAt(await contain({}), 0.5, 0))[3]).toBe(0);
  expect(await colourAt(await contain({ background: '0000ff' }), 0.5, 0)).toEqual([0, 0, 255]);
  const jpegOf = await contain({ format: 'jpeg' });
  expect(near(await colourAt(jpegOf, 0.5, 0), [255, 255, 255])).toBe(true);
  expect(near(await colourAt(jpegOf, 0.2, 0.4), [255, 0, 0])).toBe(true);
});

test('keeps a wide colour profile together with its colours', async () => {
  const bytes = await quarters().withIccProfile('p3').png().toBuffer();
  const { icc: profile } = await sharp(bytes).metadata();
  for (const format of ['avif', 'webp', 'jpeg', 'png'] as const) {
    const { icc } = await sharp(await render(bytes, { format })).metadata();
    expect(icc?.equals(profile!), format).toBe(true);
  }
  const [before, after] = [
    await colourAt(bytes, 0.2, 0.2),
    await colourAt(await render(bytes), 0.2, 0.2),
  ];
  expect(near(after, before)).toBe(true);
});

test('converts CMYK and grey to sRGB and drops their profiles', async () => {
  const cmyk = await quarters().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer();
  const grey = await quarters().greyscale().toColourspace('b-w').png().toBuffer();
  for (const bytes of [cmyk, grey]) {
    const rendition = await render(bytes, { format: 'webp' });
    const { space, hasProfile } = await sharp(rendition).metadata();
    expect({ space, hasProfile }).toEqual({ space: 'srgb', hasProfile: false });
  }
  const [red = 0, green = 0, blue = 0] = await colourAt(await render(cmyk), 0.2, 0.2);
  expect(red - Math.max(green, blue)).toBeGreaterThan(150);
});

test('converts 16 bits per channel to 8', async () => {
  const deep = await quarters().toColourspace('rgb16').png().toBuffer();
  expect((await sharp(deep).metadata()).depth).toBe('ushort');
  const rendition = await render(deep, { format: 'webp' });
  expect(near(await colourAt(rendition, 0.8, 0.2), [0, 255, 0])).toBe(true);
});

test('animates WebP and GIF, also cropped, and renders one frame in other formats', async () => {
  const bytes = await animation({ frames: 4, width: 80, height: 60 }).gif().toBuffer();
  const pagesOf = async (changes: Partial<SettledRecipe>) => {
    const rendition = await render(bytes, { width: 20, height: 20, fit: 'COVER', ...changes });
    const { pages = 1, pageHeight, width, height } = await sharp(rendition).metadata();
    expect([width, pageHeight ?? height]).toEqual([20, 20]);
    return pages;
  };
  expect(await pagesOf({ format: 'webp' })).toBe(4);
  expect(await pagesOf({ format: 'gif' })).toBe(4);
  expect(await pagesOf({ format: 'avif' })).toBe(1);
  expect(await pagesOf({ format: 'jpeg' })).toBe(1);
});

test('renders an SVG sharply in the requested size', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="8cm" height="4cm" viewBox="0 0 200 100"><rect width="100" height="100" fill="red"/></svg>',
  );
  const rendition = await render(svg, { width: 200 }, { width: 302, height: 151 });
  const { width, height } = await sharp(rendition).metadata();
  expect([width, height]).toEqual([200, 100]);
  expect(await colourAt(rendition, 0.49, 0.5)).toEqual([255, 0, 0, 255]);
  expect((await colourAt(rendition, 0.52, 0.5))[3]).toBeLessThan(10);
});

test('enlarges an SVG sharply', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="2" height="2" fill="red"/></svg>',
  );
  const rendition = await render(svg, { width: 400, format: 'png' }, { width: 4, height: 2 });
  const { width, height } = await sharp(rendition).metadata();
  expect([width, height]).toEqual([400, 200]);
  expect(await colourAt(rendition, 0.49, 0.5)).toEqual([255, 0, 0, 255]);
  expect((await colourAt(rendition, 0.51, 0.5))[3]).toBe(0);
});

test('does not enlarge', async () => {
  const { width, height } = await sharp(
    await render(await png({ width: 16, height: 12 }), { width: 400 }),
  ).metadata();
  expect([width, height]).toEqual([16, 12]);
});

test('fails for an incomplete image and for too many pixels', async () => {
  const whole = await jpeg({ width: 400, height: 300 });
  await expect(render(whole.subarray(0, whole.length / 2))).rejects.toThrow('failed');
  await expect(render(await png({ width: 1100, height: 1000 }))).rejects.toThrow('failed');
});
