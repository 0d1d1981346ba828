import { expect, test } from 'vitest';
import { gifBomb } from '../../testing/hostile.ts';
import { animation, gif } from '../../testing/images.ts';
import { readGif } from './gif.ts';

const isComplete = (bytes: Buffer) => readGif((offset) => bytes[offset]).isComplete;

test('rejects every truncated GIF', async () => {
  const bytes = await animation({ frames: 3 }).gif().toBuffer();
  for (let length = 0; length < bytes.length; length += 1) {
    expect(isComplete(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).toBe(false);
  }
});

test('rejects unknown blocks', () => {
  const bytes = gifBomb({ width: 1, height: 1, frames: 1 });
  bytes[19] = 0x99;
  expect(isComplete(bytes)).toBe(false);
});

test('accepts complete files, with or without local colour tables, padding and trailing bytes', async () => {
  expect(isComplete(await gif())).toBe(true);
  expect(isComplete(await animation({ frames: 3 }).gif({ reuse: false }).toBuffer())).toBe(true);
  const plain = gifBomb({ width: 1, height: 1, frames: 2 });
  expect(isComplete(plain)).toBe(true);
  expect(isComplete(Buffer.concat([plain, Buffer.from('tail')]))).toBe(true);
  const padded = Buffer.concat([plain.subarray(0, -1), Buffer.from([0, 0, 0x3b])]);
  expect(isComplete(padded)).toBe(true);
});
