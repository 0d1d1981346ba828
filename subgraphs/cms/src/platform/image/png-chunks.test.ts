import { expect, test } from 'vitest';
import { image, png } from '../../testing/images.ts';
import { refusal, useVerifier } from '../../testing/verification.ts';

const { verify } = useVerifier();

test.for([
  ['PNG', png],
  ['interlaced PNG', () => image().png({ progressive: true }).toBuffer()],
  ['PNG with few colours', () => image().png({ palette: true }).toBuffer()],
] as const)(
  'accepts a complete %s and rejects one without any part of its end',
  async ([, make]) => {
    const bytes = await make();
    expect(await verify(bytes)).toMatchObject({ verified: { mimeType: 'image/png' } });
    for (const missing of [1, 4, 10, 12, 13]) {
      const cut = bytes.subarray(0, -missing);
      expect(await verify(cut), `${missing}`).toEqual(refusal('CORRUPT_FILE'));
    }
  },
);

test('rejects a chunk that extends beyond the end of the file', async () => {
  const bytes = await png();
  bytes.writeUInt32BE(0xffffffff, bytes.length - 12);
  expect(await verify(bytes)).toEqual(refusal('CORRUPT_FILE'));
});

test('ignores bytes after the end of a PNG', async () => {
  const followed = Buffer.concat([await png(), Buffer.from('written by a camera')]);
  expect(await verify(followed)).toMatchObject({ verified: { mimeType: 'image/png' } });
});
