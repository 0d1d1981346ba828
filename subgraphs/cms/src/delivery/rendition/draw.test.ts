import sharp from 'sharp';
import { expect, test } from 'vitest';
import { animation, jpeg, image, png } from '../../testing/images.ts';
import { colourAt, near, useRenderer } from '../../testing/renderer.ts';
import type { SettledRecipe } from './recipe.ts';

const { render } = useRenderer();

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

test('renders an SVG of any stated size in the requested size', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="15000" viewBox="0 0 2 1"><rect width="1" height="1" fill="red"/></svg>',
  );
  const rendition = await render(svg, { width: 200 }, { width: 30_000, height: 15_000 });
  const { width, height } = await sharp(rendition).metadata();
  expect([width, height]).toEqual([200, 100]);
  expect(await colourAt(rendition, 0.48, 0.5)).toEqual([255, 0, 0, 255]);
  expect((await colourAt(rendition, 0.52, 0.5))[3]).toBe(0);
});

test('covers a square with a very thin SVG', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="1"><rect width="100%" height="1" fill="red"/></svg>',
  );
  const recipe = { width: 4000, height: 4000, fit: 'COVER' } as const;
  const rendition = await render(svg, recipe, { width: 30_000, height: 1 });
  const { width, height } = await sharp(rendition).metadata();
  expect(width).toBe(height);
  expect(await colourAt(rendition, 0.5, 0.5)).toEqual([255, 0, 0, 255]);
});

test('limits the pixels of what is drawn, not of what an SVG states', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="3000"><rect width="9" height="9"/></svg>',
  );
  const size = { width: 3000, height: 3000 };
  expect(await render(svg, { width: 1000 }, size)).toBeDefined();
  await expect(render(svg, { width: 1001 }, size)).rejects.toThrow('failed');
});

const GREEN = [0, 128, 0];
test.for<[string, string, number[] | null]>([
  ['style="background:#008000"', '', GREEN],
  ['style="background-color: rgb(0, 128, 0); color: red"', '', GREEN],
  ['style="background: no-repeat green"', '', GREEN],
  ['style="background: light-dark(rgb(0, 128, 0), #000)"', '', GREEN],
  ['', '<style>svg { background: red } :root { background-color: green }</style>', GREEN],
  ['style="background: green"', '<style>svg { background: red }</style>', GREEN],
  ['', '<style>@media print { rect { x: 0 } svg { background: red } }</style>', null],
  ['', '<style>g svg, rect { background: red }</style>', null],
  ['style="background: transparent"', '', null],
  ['style="background: nonsense"', '', null],
  ['style="background: rgba(0, 0, 0, 0.5)"', '', null],
])('paints the CSS background of an SVG: %s %s', async ([attributes, content, colour]) => {
  const svg = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" ${attributes}>${content}<rect width="9" height="9"/></svg>`,
  );
  const size = { width: 40, height: 20 };
  const rendition = await render(svg, { width: 40 }, size);
  const [red, green, blue, alpha = 255] = await colourAt(rendition, 0.9, 0.5);
  expect(alpha === 0 ? null : [red, green, blue]).toEqual(colour);
  const contained = await render(svg, { width: 40, height: 40, fit: 'CONTAIN' }, size);
  expect((await colourAt(contained, 0.5, 0.01))[3]).toBe(0);
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

test('a drawing with expensive filters has the requested size, and what is drawn stays in its place', async () => {
  const blurs = '<feGaussianBlur stdDeviation="0.5"/>'.repeat(20);
  const drawing = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60" width="90" height="60">
      <filter id="f">${blurs}</filter>
      <g filter="url(#f)"><rect width="90" height="60" fill="#0f0"/><rect width="45" height="60" fill="#f00"/></g>
    </svg>`,
  );
  const rendition = await render(drawing, { width: 1200 }, { width: 90, height: 60 });
  const { width, height } = await sharp(rendition).metadata();
  expect([width, height]).toEqual([1200, 800]);
  expect(near(await colourAt(rendition, 0.25, 0.5), [255, 0, 0])).toBe(true);
  expect(near(await colourAt(rendition, 0.75, 0.5), [0, 255, 0])).toBe(true);
});
