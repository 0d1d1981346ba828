import sharp from 'sharp';
import { expect, test } from 'vitest';
import { animation } from '../../testing/images.ts';
import { apng, gifOf } from '../../testing/other-images.ts';
import { colourAt, near, useRenderer } from '../../testing/renderer.ts';

const { render } = useRenderer();

const RED = [255, 0, 0, 255];
const GREEN = [0, 255, 0, 255];
const CLEAR = [0, 0, 0, 0];
const SIZE = { width: 40, height: 30 };

test('an animation of more than 300 frames moves to its end', async () => {
  const bytes = await animation({ frames: 310, width: 10, height: 10 }).gif().toBuffer();
  const { pages } = await sharp(await render(bytes, { format: 'webp' })).metadata();
  expect(pages).toBe(310);
});

test('a GIF is transparent where no image is drawn', async () => {
  const corner = { width: 20, height: 15, colour: 0 } as const;
  const still = gifOf(SIZE, [{ ...corner, left: 20, top: 15 }]);
  const shown = await render(still);
  expect(await colourAt(shown, 0.2, 0.2)).toEqual(CLEAR);
  expect(await colourAt(shown, 0.8, 0.8)).toEqual(RED);

  const whole = { ...SIZE, colour: 1, disposal: 2 } as const;
  const moving = await render(gifOf(SIZE, [whole, corner]), { format: 'webp' });
  expect((await sharp(moving).metadata()).pages).toBe(2);
  const second = { page: 1 };
  expect((await colourAt(moving, 0.8, 0.8, second))[3]).toBe(0);
  expect(near(await colourAt(moving, 0.2, 0.2, second), RED)).toBe(true);
});

test('an animated PNG moves in WebP, with its times, and is a still in other formats', async () => {
  const bytes = apng([
    { ...SIZE, colour: RED, delayMs: 70 },
    { ...SIZE, colour: GREEN, delayMs: 200 },
  ]);
  const moving = await render(bytes, { format: 'webp', width: 20 });
  const { pages, delay, width, height } = await sharp(moving).metadata();
  expect({ pages, delay, width, height }).toEqual({
    pages: 2,
    delay: [70, 200],
    width: 20,
    height: 15,
  });
  expect(near(await colourAt(moving, 0.5, 0.5, { page: 1 }), GREEN)).toBe(true);
  expect(near(await colourAt(await render(bytes), 0.5, 0.5), RED)).toBe(true);
});

test('frames of an animated PNG that look the same are merged', async () => {
  const bytes = apng([
    { ...SIZE, colour: RED },
    { ...SIZE, colour: RED },
    { ...SIZE, colour: GREEN },
  ]);
  const { pages = 1 } = await sharp(await render(bytes, { format: 'webp' })).metadata();
  expect(pages).toBeGreaterThan(1);
});

test('the frames of an animated PNG cover, restore or clear what is below', async () => {
  const part = { width: 20, height: 15 };
  const bytes = apng([
    { ...SIZE, colour: RED },
    { ...part, colour: GREEN, disposal: 2 },
    { ...part, left: 20, colour: CLEAR, isOver: true, disposal: 1 },
    { ...part, top: 15, colour: GREEN },
  ]);
  const moving = await render(bytes, { format: 'webp' });
  const at = async (page: number, x: number, y: number) => colourAt(moving, x, y, { page });
  expect(near(await at(1, 0.2, 0.2), GREEN)).toBe(true);
  expect(near(await at(2, 0.2, 0.2), RED), 'restored').toBe(true);
  expect(near(await at(2, 0.8, 0.2), RED), 'shows what is below').toBe(true);
  expect((await at(3, 0.8, 0.2))[3], 'cleared').toBe(0);
  expect(near(await at(3, 0.2, 0.8), GREEN)).toBe(true);
});

test('WebP is not turned by its Exif orientation, moving or not: browsers show it so', async () => {
  const red = sharp({ create: { ...SIZE, channels: 3, background: '#f00' } });
  const turned = await red.withMetadata({ orientation: 6 }).webp().toBuffer();
  expect((await sharp(turned).metadata()).orientation).toBe(6);
  const { width, height } = await sharp(await render(turned)).metadata();
  expect([width, height]).toEqual([40, 30]);
});
