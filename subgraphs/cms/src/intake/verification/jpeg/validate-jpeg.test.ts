import sharp from 'sharp';
import { expect, inject, test } from 'vitest';
import { image } from '../../../testing/images.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';
import { windowOn } from '../../../platform/file-window.ts';
import { openJpeg } from './jpeg.ts';
import { validateJpeg } from './validate-jpeg.ts';
import { encodeBlocks } from './testing/encode-blocks.ts';
import { SIZE, changeRandomly, insert, patch, plain, startOf, without } from './testing/jpegs.ts';

const { seed, isThorough } = inject('random');

const MAX_SIDE = 32;
const COLOUR_PROFILE = 0xe2;
const { verify } = useVerifier();

function look(bytes: Buffer, orientation = 1) {
  const jpeg = openJpeg(windowOn(bytes), bytes.length);
  return jpeg && validateJpeg(jpeg, { maxSide: MAX_SIDE, orientation });
}

/** The image decoded completely and then shrunk by libvips, or why its renditions would fail. */
async function shrinkByLibvips(bytes: Buffer) {
  const whole = await sharp(bytes, { failOn: 'error' }).autoOrient().png().toBuffer();
  return sharp(whole)
    .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
}

async function differencesFromLibvips(bytes: Buffer, orientation = 1) {
  const [ours, theirs] = [look(bytes, orientation), await shrinkByLibvips(bytes)];
  const { width, height } = theirs.info;
  expect(ours).toMatchObject({ width, height });
  if (ours === null || ours === 'damaged' || ours === 'whole') throw new Error('No image.');
  return [...theirs.data].map((sample, at) => Math.abs(sample - (ours.pixels[at] ?? 1000)));
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

test.for([
  ['plain', plain],
  ['of the best quality', () => image(SIZE).jpeg({ quality: 100 }).toBuffer()],
  ['of low quality', () => image(SIZE).jpeg({ quality: 10 }).toBuffer()],
  ['with all colours', () => image(SIZE).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
  ['with the standard’s tables', () => image(SIZE).jpeg({ optimizeCoding: false }).toBuffer()],
  ['grey', () => image(SIZE).greyscale().jpeg().toBuffer()],
  ['long', () => image({ width: 2999, height: 256 }).jpeg().toBuffer()],
  ['high', () => image({ width: 257, height: 1999 }).jpeg().toBuffer()],
  [
    'of one colour',
    () =>
      sharp({ create: { ...SIZE, channels: 3, background: '#d04080' } })
        .jpeg()
        .toBuffer(),
  ],
  ['with bytes after its end', async () => Buffer.concat([await plain(), Buffer.from([1, 2])])],
  ['with a restart after each block', () => encodeBlocks({ interval: 1 })],
  ['with a restart within rows', () => encodeBlocks({ interval: 50 })],
  ['with a comment', async () => insert(await plain(), 2, [0xff, 0xfe, 0, 4, 65, 66])],
] as const)('a JPEG %s has the same pixels as in libvips', async ([, make]) => {
  const differences = await differencesFromLibvips(await make());
  expect(Math.max(...differences)).toBeLessThan(16);
  expect(meanOf(differences)).toBeLessThan(3);
});

test.for([257, 273, 337, 513, 641])('does not stretch sides of %i', async (side) => {
  const edge = sharp({ create: { width: side, height: side, channels: 3, background: 'black' } });
  const white = { create: { width: 40, height: side, channels: 3, background: 'white' } } as const;
  const bytes = await edge
    .composite([
      { input: white, left: side - 80, top: 0 },
      { input: await sharp(white).rotate(90).png().toBuffer(), left: 0, top: side - 80 },
    ])
    .jpeg()
    .toBuffer();
  expect(meanOf(await differencesFromLibvips(bytes))).toBeLessThan(6);
});

test.for([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i is the same as in libvips', async (turned) => {
  const described = await image(SIZE).withMetadata({ orientation: turned }).jpeg().toBuffer();
  const bytes = without(described, COLOUR_PROFILE);
  expect(meanOf(await differencesFromLibvips(bytes, turned))).toBeLessThan(3);
});

test.for([
  ['progressive', null, () => image(SIZE).jpeg({ progressive: true }).toBuffer()],
  ['with a colour profile', 'whole', () => image(SIZE).withIccProfile('p3').jpeg().toBuffer()],
  ['in CMYK', null, () => image(SIZE).toColourspace('cmyk').jpeg().toBuffer()],
  ['with too few blocks', 'whole', () => image({ width: 331, height: 255 }).jpeg().toBuffer()],
] as const)('accepts a JPEG %s, shrunk by libvips', async ([, validated, make]) => {
  const bytes = await make();
  expect(look(bytes)).toBe(validated);
  expect(await verify(bytes)).toHaveProperty('verified');
});

const UNDECIDED: Record<string, (bytes: Buffer) => Buffer> = {
  'with a second, lossless frame': (bytes) => insert(bytes, 2, [0xff, 0xc3, 0, 4, 0, 0]),
  'with an unknown segment': (bytes) => insert(bytes, 2, [0xff, 0xf0, 0, 4, 0, 0]),
  'with a truncated table': (bytes) => insert(bytes, 2, [0xff, 0xc4, 0, 3, 2]),
  'with a wrong restart interval': (bytes) => insert(bytes, 2, [0xff, 0xdd, 0, 3, 1]),
  'with a hundred comments': (bytes) =>
    insert(bytes, 2, Array.from({ length: 100 }, () => [0xff, 0xfe, 0, 2]).flat()),
  'with other component numbers': (bytes) =>
    patch(patch(bytes, startOf(bytes, 0xc0) + 10, 7), startOf(bytes, 0xda) + 5, 7),
  'of 12 bits': (bytes) => patch(bytes, startOf(bytes, 0xc0) + 4, 12),
  'with a code of ones only': (bytes) => patch(bytes, startOf(bytes, 0xc4) + 5, 2),
  'without a table': (bytes) => patch(bytes, startOf(bytes, 0xc4) + 4, 3),
  'with a part of the coefficients': (bytes) => patch(bytes, startOf(bytes, 0xda) + 12, 20),
  'with unused bits': (bytes) => insert(bytes, bytes.length - 2, [0x55, 0x55]),
  'followed by another scan': (bytes) => patch(bytes, bytes.length - 1, 0xda),
  'without an end': (bytes) => bytes.subarray(0, -2),
};

test.for(Object.keys(UNDECIDED))('leaves a JPEG %s to libvips', async (change) => {
  const bytes = await plain();
  expect(look(bytes)).toHaveProperty('pixels');
  expect(look(UNDECIDED[change]!(bytes))).toBeNull();
});

test.for([
  ['plain', plain],
  ['turned', () => image(SIZE).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
  ['with a colour profile', () => image(SIZE).withIccProfile('p3').jpeg().toBuffer()],
  ['with too few blocks', () => image().jpeg().toBuffer()],
  ['progressive', () => image(SIZE).jpeg({ progressive: true }).toBuffer()],
] as const)(
  'rejects a JPEG %s without any part of its data, with and without an end marker',
  async ([, make]) => {
    const bytes = await make();
    for (const share of [0.3, 0.9, 0.99]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      expect(await verify(cut), `${share}`).toEqual(refusal('CORRUPT_FILE'));
      const ended = Buffer.concat([cut, Buffer.from([0xff, 0xd9])]);
      expect(await verify(ended), `${share}`).toEqual(refusal('CORRUPT_FILE'));
    }
  },
);

test.for([
  ['plain', plain],
  ['with a colour profile', () => image(SIZE).withIccProfile('p3').jpeg().toBuffer()],
  ['in CMYK', () => image(SIZE).toColourspace('cmyk').jpeg().toBuffer()],
  ['progressive', () => image(SIZE).jpeg({ progressive: true }).toBuffer()],
] as const)(
  'rejects a JPEG %s cut at any position, but not bytes after its end',
  async ([, make]) => {
    const bytes = await make();
    expect(await verify(Buffer.concat([bytes, Buffer.from('more')]))).toHaveProperty('verified');
    const step = isThorough ? 7 : 977;
    const last = Array.from({ length: 12 }, (_none, index) => bytes.length - 1 - index);
    const others = Array.from(
      { length: Math.floor(bytes.length / step) },
      (_none, index) => index * step,
    );
    for (const length of [...last, ...others.slice(1).map((each) => each + (seed % step))]) {
      const cut = bytes.subarray(0, Math.min(length, bytes.length - 1));
      expect(await verify(cut), `${cut.length} of ${bytes.length}`).toHaveProperty('refused');
    }
  },
);

test('rejects truncated data at any position, also with an end marker', async () => {
  const bytes = await plain();
  const step = isThorough ? 11 : 101;
  const start = startOf(bytes, 0xda) + 14 + (seed % step);
  for (let length = start; length < bytes.length - 2; length += step) {
    const ended = Buffer.concat([bytes.subarray(0, length), Buffer.from([0xff, 0xd9])]);
    expect(look(ended), `${length} of ${bytes.length}`).toBe('damaged');
  }
});

test('rejects a height with one more row of blocks than the data has', async () => {
  const bytes = await plain();
  const height = startOf(bytes, 0xc0) + 5;
  bytes.writeUInt16BE(bytes.readUInt16BE(height) + 16, height);
  expect(look(bytes)).toBe('damaged');
});

test('rejects a missing restart marker, and leaves a wrong one to libvips', () => {
  const bytes = encodeBlocks({ interval: 50 });
  const [second, third] = [startOf(bytes, 0xd1), startOf(bytes, 0xd2)];
  const without = Buffer.concat([bytes.subarray(0, second), bytes.subarray(third)]);
  expect(look(bytes)).toHaveProperty('pixels');
  expect(look(without)).toBeNull();
  expect(look(patch(bytes, second + 1, 0xd4))).toBeNull();
  expect(look(Buffer.concat([bytes.subarray(0, third), Buffer.from([0xff, 0xd9])]))).toBe(
    'damaged',
  );
});

// It took 24 seconds when codes were created for each of them.
test('creates no codes for unused tables', { timeout: 5_000 }, async () => {
  const table = [0x13, 1, ...Array.from({ length: 15 }, () => 0), 1];
  const body = Array.from({ length: 3640 }, () => table).flat();
  const segment = [0xff, 0xc4, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body];
  const bytes = insert(await plain(), 2, Array.from({ length: 40 }, () => segment).flat());
  for (let round = 0; round < 4; round += 1) expect(look(bytes)).toHaveProperty('pixels');
});

test('after random changes, accepts only what libvips accepts', async () => {
  const originals = [await plain(), await image(SIZE).jpeg({ quality: 30 }).toBuffer()];
  const change = changeRandomly(seed);
  const rounds = isThorough ? 50_000 : 300;
  let taken = 0;
  for (let round = 0; round < rounds; round += 1) {
    const bytes = change(originals[round % 2]!);
    const seen = look(bytes);
    if (seen === null || seen === 'damaged') continue;
    taken += 1;
    await expect(shrinkByLibvips(bytes), `seed ${seed}, round ${round}`).resolves.toBeDefined();
  }
  expect(taken).toBeGreaterThan(rounds / 15);
});
