import sharp from 'sharp';
import { expect, test } from 'vitest';
import { av1, coding, still } from '../../testing/heif.ts';
import { pngWith } from '../../testing/other-images.ts';
import { colourAt, useRenderer } from '../../testing/renderer.ts';

const { render } = useRenderer();

const greyOf = (level: number) =>
  sharp({
    create: { width: 40, height: 30, channels: 3, background: { r: level, g: level, b: level } },
  });

const meansOf = async (bytes: Buffer): Promise<number[]> =>
  (await sharp(bytes).stats()).channels.map(({ mean }) => mean);

const words = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const BT2020 = 9;
const PQ = 16;
const HLG = 18;
/** Of white paper: 203 candela per square metre (ITU-R BT.2408, table 1). */
const WHITE = { [PQ]: 0.58, [HLG]: 0.75 };

test.for([
  ['PQ', PQ, WHITE[PQ], 230, 255],
  ['PQ', PQ, 1, 245, 255],
  ['PQ', PQ, 0, 0, 2],
  // 26 candela per square metre: an eighth of white.
  ['PQ', PQ, 0.36, 85, 110],
  ['HLG', HLG, WHITE[HLG], 230, 255],
  ['HLG', HLG, 0, 0, 2],
] as const)(
  'a PNG with %s (%i) of level %f is between %i and %i',
  async ([, transfer, level, low, high]) => {
    const grey = greyOf(Math.round(level * 255));
    const bytes = await pngWith('cICP', Buffer.from([BT2020, transfer, 0, 1]), grey);
    const [value = -1] = await colourAt(await render(bytes), 0.5, 0.5);
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  },
);

test('brighter colours stay brighter up to the brightest', async () => {
  const levels = [0.5, 0.58, 0.65, 0.7, 0.75].map((level) => Math.round(level * 255));
  const shown: number[] = [];
  for (const level of levels) {
    const bytes = await pngWith('cICP', Buffer.from([BT2020, PQ, 0, 1]), greyOf(level));
    shown.push((await colourAt(await render(bytes), 0.5, 0.5))[0] ?? -1);
  }
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
});

test('an AVIF of high dynamic range is rendered like a PNG with the same numbers', async () => {
  const size = { width: 64, height: 48 };
  const coded = await av1(size);
  const plain = await render(still(coded));
  const bright = await render(still({ ...coded, properties: [coding(BT2020, PQ)] }));
  const png = await pngWith('cICP', Buffer.from([BT2020, PQ, 0, 1]), sharp(plain));
  const expected = await render(png);
  const [shown, wanted, unchanged] = [bright, expected, plain].map((bytes) => meansOf(bytes));
  for (const [channel, mean] of (await shown!).entries())
    expect(Math.abs(mean - (await wanted!)[channel]!), `channel ${channel}`).toBeLessThan(6);
  expect(Math.abs((await shown!)[0]! - (await unchanged!)[0]!)).toBeGreaterThan(10);
});

test('the gamma of a PNG applies, unless a profile or sRGB is stated', async () => {
  const linear = words(100_000);
  const grey = greyOf(128);
  const [value = 0] = await colourAt(await render(await pngWith('gAMA', linear, grey)), 0.5, 0.5);
  expect(value).toBeGreaterThan(184);
  expect(value).toBeLessThan(192);
  const usual = await render(await pngWith('gAMA', words(45_455), grey));
  expect(await colourAt(usual, 0.5, 0.5)).toEqual([128, 128, 128]);
  const withProfile = await pngWith('gAMA', linear, grey.clone().withIccProfile('p3'));
  const [kept = 0] = await colourAt(await render(withProfile), 0.5, 0.5);
  expect(kept).toBeLessThan(140);
});
