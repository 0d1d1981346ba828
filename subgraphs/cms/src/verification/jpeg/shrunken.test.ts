import sharp from 'sharp';
import { expect, test } from 'vitest';
import { picture } from '../../testing/pictures.ts';
import { refusal, useVerifier } from '../../testing/verification.ts';
import { readJpegHead } from './segments.ts';
import { shrinkJpeg } from './shrunken.ts';

const MAX_SIDE = 32;
const SIZE = { width: 331, height: 270 };

const { verify } = useVerifier();

function shrink(bytes: Buffer) {
  const copy = Buffer.from(bytes);
  const head = readJpegHead(copy);
  return head && shrinkJpeg({ bytes: copy, head }, MAX_SIDE);
}

/** What libvips, which judges whatever is not plain, makes of it. */
const shrinkByLibvips = (bytes: Buffer) =>
  sharp(bytes, { failOn: 'error' })
    .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });

const plain = () => picture(SIZE).jpeg({ quality: 85 }).toBuffer();

/** Where the first segment with this marker begins. */
const startOf = (bytes: Buffer, marker: number) => bytes.indexOf(Buffer.from([0xff, marker]));

function insert(bytes: Buffer, at: number, more: readonly number[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);
}

test.for([
  ['plain', plain],
  ['of the best quality', () => picture(SIZE).jpeg({ quality: 100 }).toBuffer()],
  ['of bad quality', () => picture(SIZE).jpeg({ quality: 10 }).toBuffer()],
  ['with all colours', () => picture(SIZE).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
  [
    'with the tables of the standard',
    () => picture(SIZE).jpeg({ optimizeCoding: false }).toBuffer(),
  ],
  ['grey', () => picture(SIZE).greyscale().jpeg().toBuffer()],
  ['long', () => picture({ width: 2999, height: 256 }).jpeg().toBuffer()],
  ['high', () => picture({ width: 257, height: 1999 }).jpeg().toBuffer()],
  [
    'of one colour',
    () =>
      sharp({ create: { ...SIZE, channels: 3, background: '#d04080' } })
        .jpeg()
        .toBuffer(),
  ],
  [
    'with bytes behind its end',
    async () => insert(await plain(), (await plain()).length, [1, 2, 3]),
  ],
  ['with a comment', async () => insert(await plain(), 2, [0xff, 0xfe, 0, 4, 65, 66])],
] as const)('a JPEG %s is the picture libvips sees', async ([, make]) => {
  const bytes = await make();
  const [ours, theirs] = [shrink(bytes), await shrinkByLibvips(bytes)];
  expect(ours).toMatchObject({ width: theirs.info.width, height: theirs.info.height });
  const differences = [...theirs.data].map((sample, at) => Math.abs(sample - ours!.pixels[at]!));
  expect(differences).toHaveLength(ours!.pixels.length);
  expect(Math.max(...differences)).toBeLessThan(16);
  expect(differences.reduce((sum, one) => sum + one, 0) / differences.length).toBeLessThan(3);
});

test.for([
  ['progressive', () => picture(SIZE).jpeg({ progressive: true }).toBuffer()],
  ['turned', () => picture(SIZE).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
  ['with a colour profile', () => picture(SIZE).withIccProfile('p3').jpeg().toBuffer()],
  ['in CMYK', () => picture(SIZE).toColourspace('cmyk').jpeg().toBuffer()],
  ['with too few blocks', () => picture({ width: 331, height: 255 }).jpeg().toBuffer()],
] as const)('a JPEG %s is left to libvips, which takes it', async ([, make]) => {
  const bytes = await make();
  expect(shrink(bytes)).toBeNull();
  expect(await verify(bytes)).toHaveProperty('verified');
});

const CHANGED: Record<string, (bytes: Buffer) => Buffer> = {
  'with restart markers': (bytes) => insert(bytes, 2, [0xff, 0xdd, 0, 4, 0, 9]),
  'with a second, lossless frame': (bytes) => insert(bytes, 2, [0xff, 0xc3, 0, 4, 0, 0]),
  'with a segment nobody knows': (bytes) => insert(bytes, 2, [0xff, 0xf0, 0, 4, 0, 0]),
  'in the colours Adobe says': (bytes) =>
    insert(bytes, 2, [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0]),
  'with other numbers': (bytes) => {
    bytes[startOf(bytes, 0xc0) + 10] = 7;
    bytes[startOf(bytes, 0xda) + 5] = 7;
    return bytes;
  },
  'of 12 bits': (bytes) => bytes.fill(12, startOf(bytes, 0xc0) + 4, startOf(bytes, 0xc0) + 5),
  'with all ones for a code': (bytes) => {
    const counts = startOf(bytes, 0xc4) + 5;
    bytes[counts] = 2;
    return bytes;
  },
  'without a table': (bytes) => bytes.fill(3, startOf(bytes, 0xc4) + 4, startOf(bytes, 0xc4) + 5),
  'with a part of the coefficients': (bytes) =>
    bytes.fill(20, startOf(bytes, 0xda) + 12, startOf(bytes, 0xda) + 13),
  'with bits left over': (bytes) => insert(bytes, bytes.length - 2, [0x55, 0x55]),
  'followed by another scan': (bytes) => bytes.fill(0xda, bytes.length - 1),
  'without an end': (bytes) => bytes.subarray(0, -2),
  'with a row too many': (bytes) => {
    const height = startOf(bytes, 0xc0) + 5;
    bytes.writeUInt16BE(bytes.readUInt16BE(height) + 16, height);
    return bytes;
  },
};

test.for(Object.keys(CHANGED))('a JPEG %s is none for us to judge', async (change) => {
  const bytes = await plain();
  expect(shrink(bytes)).not.toBeNull();
  expect(shrink(CHANGED[change]!(bytes))).toBeNull();
});

test('wherever it is cut, it is corrupt', async () => {
  const bytes = await plain();
  for (let length = 2; length < bytes.length; length += 97) {
    expect(shrink(bytes.subarray(0, length)), `${length}`).toBeNull();
  }
  for (const share of [0.1, 0.5, 0.9, 0.999]) {
    const cut = bytes.subarray(0, Math.floor(bytes.length * share));
    expect(await verify(cut), `${share}`).toEqual(refusal('CORRUPT_FILE'));
  }
});

test('whatever is changed in it: what is taken here, libvips takes, too', async () => {
  const originals = [await plain(), await picture(SIZE).jpeg({ quality: 30 }).toBuffer()];
  const random = randomNumbers();
  let taken = 0;
  for (let round = 0; round < 1500; round += 1) {
    const bytes = Buffer.from(originals[round % 2]!);
    // Half of the changes hit the tables and headers, which are less than a hundredth of it.
    const within = round % 4 < 2 ? startOf(bytes, 0xda) + 14 : bytes.length;
    for (let changes = 1 + random(3); changes > 0; changes -= 1)
      bytes[random(within)] = random(256);
    if (shrink(bytes) === null) continue;
    taken += 1;
    await expect(shrinkByLibvips(bytes), `round ${round}`).resolves.toBeDefined();
  }
  expect(taken).toBeGreaterThan(100);
});

/** The same in every run (Numerical Recipes' linear congruence). */
function randomNumbers() {
  let state = 20_261_124;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
