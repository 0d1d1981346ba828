import { expect, test } from 'vitest';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { windowOn } from '../../../platform/file-window.ts';
import { inspectInMemory } from '../../../testing/inspected.ts';
import { MP3_FRAME_SECONDS, id3Tag, mp3Frames, xingFrame } from '../../../testing/recordings.ts';
import { refusal } from '../../../testing/verification.ts';
import { detectType } from '../detect.ts';

const NO_CLAIMS = { originalFilename: '', declaredMimeType: '' };

const FRAMES = 30;
const frames = mp3Frames(FRAMES);
const zeros = (count: number) => Buffer.alloc(count);
const junk = (count: number) => Buffer.alloc(count, 'some other bytes, ');
const lasts = (seconds: number) => ({ found: { durationSeconds: expect.closeTo(seconds, 3) } });

function apeTag(): Buffer {
  const tag = Buffer.alloc(64, 'x');
  for (const [at, flags] of [
    [0, 0xa000_0000],
    [32, 0x8000_0000],
  ] as const) {
    tag.write('APETAGEX', at, 'latin1');
    tag.writeUInt32LE(2000, at + 8);
    tag.writeUInt32LE(32, at + 12);
    tag.writeUInt32LE(0, at + 16);
    tag.writeUInt32LE(flags, at + 20);
  }
  return tag;
}

const id3v1 = Buffer.concat([Buffer.from('TAG'), zeros(125)]);
const lyrics = Buffer.from(`LYRICSBEGIN${'x'.repeat(20)}000031LYRICS200`);

test.for<[string, Buffer[]]>([
  ['nothing', []],
  ['a tag', [id3Tag()]],
  ['a tag of megabytes', [id3Tag(5_000_000)]],
  ['two tags', [id3Tag(), id3Tag(300)]],
  ['zeros after a tag', [id3Tag(), zeros(10_000)]],
  ['zeros before a tag', [zeros(3000), id3Tag()]],
  ['zeros between tags', [id3Tag(), zeros(500), id3Tag(), zeros(1)]],
  ['junk between tags', [id3Tag(), junk(700), id3Tag()]],
  ['junk after a tag', [id3Tag(), junk(60_000)]],
  ['junk', [junk(5000)]],
  ['the end of a frame', [mp3Frames(2).subarray(300)]],
  ['an APE tag', [apeTag()]],
])('accepts an MP3 after %s', async ([, before]) => {
  const bytes = Buffer.concat([...before, frames]);
  expect(await inspectInMemory(bytes)).toMatchObject(lasts(FRAMES * MP3_FRAME_SECONDS));
});

test.for<[string, Buffer[]]>([
  ['ID3v1', [id3v1]],
  ['APE and ID3v1', [apeTag(), id3v1]],
  ['lyrics and ID3v1', [lyrics, id3v1]],
  ['zeros', [zeros(3000)]],
])('accepts an MP3 before %s', async ([, after]) => {
  for (const first of [
    Buffer.alloc(0),
    xingFrame({ frames: FRAMES, bytes: frames.length + 104 }),
  ]) {
    const bytes = Buffer.concat([first, frames, ...after]);
    expect(await inspectInMemory(bytes)).toMatchObject(lasts(FRAMES * MP3_FRAME_SECONDS));
  }
});

test('junk between frames is not played', async () => {
  const bytes = Buffer.concat([frames, junk(4000), frames, id3Tag(), frames]);
  expect(await inspectInMemory(bytes)).toMatchObject(lasts(FRAMES * 3 * MP3_FRAME_SECONDS));
});

test('counts the frames of joined files, whatever the first one states', async () => {
  const first = xingFrame({ frames: FRAMES, bytes: frames.length + 104 });
  const bytes = Buffer.concat([first, frames, frames]);
  expect(await inspectInMemory(bytes)).toMatchObject(lasts(FRAMES * 2 * MP3_FRAME_SECONDS));
});

test('does not believe a first frame that states impossible numbers', async () => {
  const first = xingFrame({ frames: 2 ** 32 - 1, bytes: frames.length + 104 });
  expect(await inspectInMemory(Buffer.concat([first, frames]))).toEqual(refusal('CORRUPT_FILE'));
});

test('accepts an incomplete last frame, and does not count it', async () => {
  const bytes = frames.subarray(0, -10);
  expect(await inspectInMemory(bytes)).toMatchObject(lasts((FRAMES - 1) * MP3_FRAME_SECONDS));
});

test.for([0.5, 0.8])('refuses %d of an MP3 that states its length', async (part) => {
  const bytes = Buffer.concat([
    xingFrame({ frames: FRAMES, bytes: frames.length + 104 }),
    frames.subarray(0, frames.length * part),
  ]);
  expect(await inspectInMemory(bytes)).toEqual(refusal('CORRUPT_FILE'));
});

test('refuses a file that ends within its tag', async () => {
  expect(await inspectInMemory(id3Tag().subarray(0, 9000))).toEqual(refusal('CORRUPT_FILE'));
});

test('two frames are an MP3 if the file ends after them', async () => {
  for (const after of [[], [id3v1], [apeTag()]])
    expect(await inspectInMemory(Buffer.concat([id3Tag(), mp3Frames(2), ...after]))).toMatchObject(
      lasts(2 * MP3_FRAME_SECONDS),
    );
});

test('refuses a few frames in other content', async () => {
  const bytes = Buffer.concat([mp3Frames(5), junk(10_000)]);
  expect(await inspectInMemory(bytes)).toEqual(refusal('CORRUPT_FILE'));
});

test('two frames in junk are no evidence', async () => {
  const bytes = Buffer.concat([junk(500), mp3Frames(2), junk(500)]);
  expect(await detectType(windowOn(bytes), NO_CLAIMS)).toBeNull();
});

test('a page that contains MP3 is a page', async () => {
  const bytes = Buffer.concat([Buffer.from('<html><script>'), frames]);
  expect(await detectType(windowOn(bytes), NO_CLAIMS)).toBe('HTML or XML');
});

test.for<[string, Buffer]>([
  ['0xff', Buffer.alloc(30_000_000, 0xff)],
  ['frames without the next one', Buffer.alloc(30_000_000, Buffer.of(0xff, 0xfb, 0x90, 0xc0))],
  ['tags', Buffer.alloc(30_000_000, Buffer.from('ID3\x03\0\0\0\0\0\0x', 'latin1'))],
])('a long file of %s needs little time', async ([, hostile]) => {
  const started = process.cpuUsage();
  await detectType(windowOn(hostile), NO_CLAIMS);
  await inspectInMemory(Buffer.concat([frames, hostile]));
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(3);
});

test('is detected as MP3', async () => {
  expect(await detectType(windowOn(frames), NO_CLAIMS)).toBe(FILE_TYPES.MP3);
});
