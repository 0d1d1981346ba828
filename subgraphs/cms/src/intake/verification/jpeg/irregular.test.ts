import sharp from 'sharp';
import { expect, test } from 'vitest';
import { image } from '../../../testing/images.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';
import { encodeBlocks } from './testing/encode-blocks.ts';
import { SIZE, insert, patch, startOf } from './testing/jpegs.ts';

const { verify } = useVerifier();

const baseline = () => image(SIZE).jpeg().toBuffer();
const progressive = () => image(SIZE).jpeg({ progressive: true }).toBuffer();
const adobe = (transform: number) => [
  0xff,
  0xee,
  0,
  14,
  ...Buffer.from('Adobe'),
  0,
  100,
  0,
  0,
  0,
  0,
  transform,
];

/** What cameras and programs write, and every browser shows. */
const IRREGULARITIES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'bytes between segments': (bytes) => insert(bytes, startOf(bytes, 0xc4), [0, 0, 0x42, 0x42]),
  'many bytes between segments': (bytes) =>
    insert(
      bytes,
      startOf(bytes, 0xc4),
      Array.from({ length: 3000 }, () => 0x20),
    ),
  'bytes before the first scan': (bytes) => insert(bytes, startOf(bytes, 0xda), [0x42]),
  'zeros before the end marker': (bytes) => insert(bytes, bytes.length - 2, [0, 0, 0]),
  'a transform of Adobe that does not fit': (bytes) => insert(bytes, 2, adobe(2)),
  'a short segment of Adobe': (bytes) =>
    insert(bytes, 2, [0xff, 0xee, 0, 8, ...Buffer.from('Adobe'), 0]),
};
const ORIGINALS = { baseline, progressive };

for (const [kind, make] of Object.entries(ORIGINALS)) {
  test.for(Object.keys(IRREGULARITIES))(`accepts a ${kind} JPEG with %s`, async (name) => {
    const bytes = IRREGULARITIES[name]!(await make());
    expect(await verify(bytes)).toMatchObject({ verified: SIZE });
    // Renditions show it whole.
    const shown = await sharp(bytes, { failOn: 'error' }).resize(8, 8).raw().toBuffer();
    const wanted = await sharp(await make())
      .resize(8, 8)
      .raw()
      .toBuffer();
    for (const [at, value] of shown.entries())
      expect(Math.abs(value - wanted[at]!)).toBeLessThan(3);
  });

  test.for(Object.keys(IRREGULARITIES))(
    `rejects a ${kind} JPEG with %s that is cut`,
    async (name) => {
      const bytes = IRREGULARITIES[name]!(await make());
      for (const share of [0.4, 0.7, 0.97]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        expect(await verify(cut), `${share}`).toEqual(refusal('CORRUPT_FILE'));
        const ended = Buffer.concat([cut, Buffer.from([0xff, 0xd9])]);
        expect(await verify(ended), `${share}, ended`).toEqual(refusal('CORRUPT_FILE'));
      }
    },
  );
}

test('accepts the parameters that Samsung phones give to the scan of a sequential JPEG', async () => {
  const bytes = await baseline();
  const parameters = startOf(bytes, 0xda) + 11;
  const changed = patch(patch(bytes, parameters + 1, 0), parameters + 2, 0x11);
  expect(await verify(changed)).toMatchObject({ verified: SIZE });
});

test('accepts bytes before restart markers, and bytes before the end marker', async () => {
  const bytes = encodeBlocks({ interval: 50 });
  const junk = [0x12, 0x34, 0x56];
  const changed = insert(insert(bytes, bytes.length - 2, junk), startOf(bytes, 0xd1), junk);
  expect(await verify(changed)).toHaveProperty('verified');
  const missing = [startOf(bytes, 0xd1), startOf(bytes, 0xd2)] as const;
  const without = Buffer.concat([bytes.subarray(0, missing[0]), bytes.subarray(missing[1])]);
  expect(await verify(without)).toEqual(refusal('CORRUPT_FILE'));
});

test('a lossless JPEG is unsupported, not damaged', async () => {
  const bytes = patch(await baseline(), startOf(await baseline(), 0xc0) + 1, 0xc3);
  expect(await verify(bytes)).toEqual(refusal('UNSUPPORTED_TYPE'));
});
