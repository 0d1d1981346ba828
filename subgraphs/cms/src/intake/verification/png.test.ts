import { expect, test } from 'vitest';
import { image, png } from '../../testing/images.ts';
import { refusal, useVerifier } from '../../testing/verification.ts';

const { verify } = useVerifier();

test.for([
  ['PNG', png],
  ['interlaced PNG', () => image().png({ progressive: true }).toBuffer()],
  ['PNG of few colours', () => image().png({ palette: true }).toBuffer()],
] as const)(
  'a whole %s is taken; one that lacks any part of its end is corrupt',
  async ([, make]) => {
    const bytes = await make();
    expect(await verify(bytes)).toMatchObject({ verified: { mimeType: 'image/png' } });
    for (const missing of [1, 4, 10, 12, 13]) {
      const cut = bytes.subarray(0, -missing);
      expect(await verify(cut), `${missing}`).toEqual(refusal('CORRUPT_FILE'));
    }
  },
);

test('a chunk that claims to reach beyond the end of the file is found', async () => {
  const bytes = await png();
  bytes.writeUInt32BE(0xffffffff, bytes.length - 12);
  expect(await verify(bytes)).toEqual(refusal('CORRUPT_FILE'));
});

test('bytes behind the end of a PNG are nobody’s business', async () => {
  const followed = Buffer.concat([await png(), Buffer.from('written by a camera')]);
  expect(await verify(followed)).toMatchObject({ verified: { mimeType: 'image/png' } });
});
