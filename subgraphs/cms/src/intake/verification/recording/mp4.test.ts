import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { recording } from '../../../testing/recordings.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();

interface Part {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The boxes at the top of an MP4. */
function partsOf(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + bytes.readUInt32BE(start);
    parts.push({ type: bytes.toString('latin1', start + 4, start + 8), start, end });
    start = end;
  }
  return parts;
}

const partsOfType = (bytes: Buffer, pattern: RegExp) =>
  Buffer.concat(
    partsOf(bytes)
      .filter(({ type }) => pattern.test(type))
      .map(({ start, end }) => bytes.subarray(start, end)),
  );

function box(type: string, ...content: Buffer[]): Buffer {
  const header = Buffer.from(`\0\0\0\0${type}`, 'latin1');
  const bytes = Buffer.concat([header, ...content]);
  bytes.writeUInt32BE(bytes.length);
  return bytes;
}

const clip = () => Buffer.from(recording('clip.mp4'));

/** With another major brand. */
function branded(brand: string, name: 'clip.mp4' | 'tone.mp4' = 'clip.mp4'): Buffer {
  const bytes = Buffer.from(recording(name));
  bytes.write(brand, 8, 'latin1');
  return bytes;
}

test.for(['3gp4', '3gp5', '3g2a', 'M4V ', 'isom', 'mp42', 'MSNV', 'M4A '])(
  'a video with the brand %j is MP4',
  async (brand) => {
    const verified = { mimeType: 'video/mp4', width: 64, height: 48, durationSeconds: 1 };
    expect(await verify(branded(brand), 'clip.mp4')).toMatchObject({ verified });
  },
);

test.for<[string, string]>([
  ['clip.3gp', 'video/3gpp'],
  ['clip.3g2', 'video/3gpp2'],
  ['clip.mp4', 'application/mp4'],
])('a phone may call MP4 %s, %s', async ([name, type]) => {
  expect(await verify(branded('3gp4'), name, type)).toMatchObject({
    verified: { mimeType: 'video/mp4' },
  });
});

test.for<[string, string]>([
  ['tone.m4a', 'audio/x-m4a'],
  ['book.m4b', 'audio/mp4'],
  ['tone.mp4', 'video/mp4'],
  ['tone.aac', 'audio/aac'],
  ['voice.3gp', 'audio/3gpp'],
  ['tone.mov', 'video/quicktime'],
])('audio only is M4A, also as %s, %s', async ([name, type]) => {
  const verified = { mediaType: 'AUDIO', mimeType: 'audio/mp4', extension: 'm4a', width: null };
  for (const brand of ['isom', 'M4A ', 'M4B ', 'qt  '])
    expect(await verify(branded(brand, 'tone.mp4'), name, type)).toMatchObject({ verified });
});

test('video that is named as audio is rejected', async () => {
  expect(await verify(clip(), 'clip.m4a')).toEqual(refusal('TYPE_MISMATCH'));
});

test('refuses an index without media data', async () => {
  const bytes = clip();
  expect(await verify(partsOfType(bytes, /^(?!mdat)/))).toEqual(refusal('CORRUPT_FILE'));
  const empty = Buffer.concat([partsOfType(bytes, /^(?!mdat|moov)/), box('mdat')]);
  const index = partsOfType(bytes, /^moov$/);
  expect(await verify(Buffer.concat([empty, index]))).toEqual(refusal('CORRUPT_FILE'));
});

test('refuses media data without an index', async () => {
  expect(await verify(partsOfType(clip(), /^(?!moov)/))).toEqual(refusal('CORRUPT_FILE'));
});

test('bytes after the last box do not matter', async () => {
  for (const after of [Buffer.from('\xff\xff\xff\xffjunkjunk', 'latin1'), Buffer.alloc(500)])
    expect(await verify(Buffer.concat([clip(), after]))).toMatchObject({
      verified: { durationSeconds: 1 },
    });
});

test('an index that is compressed, as QuickTime did, is read', async () => {
  const bytes = clip();
  const index = partsOfType(bytes, /^moov$/);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(index.length);
  const content = box('cmvd', length, deflateSync(index));
  const compressed = box('moov', box('cmov', box('dcom', Buffer.from('zlib')), content));
  const data = bytes.subarray(0, bytes.indexOf(index));
  expect(await verify(Buffer.concat([data, compressed]))).toMatchObject({
    verified: { mimeType: 'video/mp4', width: 64 },
  });
  const without = Buffer.concat([data.subarray(0, 40), compressed]);
  expect(await verify(without)).toEqual(refusal('CORRUPT_FILE'));
});

test('a table that states more samples than a file can have needs little time', async () => {
  const bytes = clip();
  const sizes = bytes.indexOf('stsz');
  bytes.writeUInt32BE(1, sizes + 8);
  bytes.writeUInt32BE(0xffff_ffff, sizes + 12);
  const started = performance.now();
  await verify(bytes);
  expect(performance.now() - started).toBeLessThan(3000);
});
