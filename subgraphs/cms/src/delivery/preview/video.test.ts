import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { ffmpegOrSkip, film, pretendFfmpeg } from '../../testing/ffmpeg.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { recording } from '../../testing/recordings.ts';
import { NoPreviewError } from './no-preview-error.ts';
import { grabPoster } from './video.ts';

const signal = new AbortController().signal;

const CHANGING =
  'color=red:size=64x48:rate=10:duration=0.5[a];color=blue:size=64x48:rate=10:duration=4.5[b];[a][b]concat';

/** A folder with a video and a path for its poster. The % in the path is not a pattern. */
async function files(bytes?: Buffer) {
  const folder = await temporaryFolder();
  const path = join(folder, '-in:put');
  if (bytes) await writeFile(path, bytes);
  return { folder, path, to: join(folder, 'out%d.png') };
}

async function look(path: string) {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    size: [width, height],
    at(x: number, y: number) {
      const start = (Math.floor(y * height) * width + Math.floor(x * width)) * channels;
      return [...data.subarray(start, start + channels)].map((value) => Math.round(value / 255));
    },
  };
}

/** What is known of most of the videos. */
const MP4 = { mimeType: 'video/mp4', durationSeconds: 1, signal };
const RED = [1, 0, 0];
const BLUE = [0, 0, 1];

test.for([
  ['clip.mp4', 'video/mp4', [64, 48]],
  ['clip.mov', 'video/quicktime', [64, 48]],
  ['clip.webm', 'video/webm', [64, 48]],
  ['live.webm', 'video/webm', [64, 48]],
  ['sideways.mp4', 'video/mp4', [48, 64]],
  ['clip.mkv', 'video/matroska', [64, 48]],
  ['clip.ogv', 'video/ogg', [64, 48]],
] as const)('takes a frame of %s, the right way up', async ([name, mimeType, size], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { path, to } = await files(recording(name));
  await grabPoster({ ffmpeg, path, mimeType, to, durationSeconds: null, signal });
  expect((await look(to)).size).toEqual(size);
});

test.for([
  ['a second after the start', 100, BLUE],
  ['a tenth into a short video', 2, RED],
  ['one second after the start if the duration is unknown', null, BLUE],
  ['the start if the duration is invalid', Number.NaN, RED],
] as const)('takes the frame from %s', async ([, durationSeconds, colour], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { path, to } = await files();
  await film(ffmpeg, { sources: [CHANGING], to: path });
  await grabPoster({ ffmpeg, path, mimeType: 'video/mp4', to, durationSeconds, signal });
  expect((await look(to)).at(0.5, 0.5)).toEqual(colour);
});

test('takes the first frame if there is no later one', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { path, to } = await files();
  await film(ffmpeg, { sources: ['color=red:size=64x48:rate=10:duration=0.5'], to: path });
  await grabPoster({ ffmpeg, path, mimeType: 'video/mp4', to, durationSeconds: 3600, signal });
  expect((await look(to)).at(0.5, 0.5)).toEqual(RED);
});

test('rotates the pixels of rotated videos', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { path, to } = await files(recording('sideways.mp4'));
  const upright = await files(recording('clip.mp4'));
  const known = { ffmpeg, mimeType: 'video/mp4', durationSeconds: 1, signal };
  await grabPoster({ ...known, path, to });
  await grabPoster({ ...known, path: upright.path, to: upright.to });

  const expected = await sharp(upright.to).rotate(270).raw().toBuffer();
  expect(await sharp(to).raw().toBuffer()).toEqual(expected);
});

test.for([
  ['wide', '2', [640, 240], [64, 24]],
  ['high', '1/2', [320, 480], [43, 64]],
] as const)(
  'shrinks large videos, and stretches %s pixels as browsers do',
  async (shown, { skip }) => {
    const [, ratio, size, shrunk] = shown;
    const ffmpeg = await ffmpegOrSkip(skip);
    const { path, to } = await files();
    const options = ['-vf', `setsar=${ratio}`];
    await film(ffmpeg, { sources: ['testsrc=size=320x240:rate=5:duration=1'], to: path, options });
    const known = { ffmpeg, path, mimeType: 'video/mp4', to, durationSeconds: 1, signal };
    await grabPoster(known);
    expect((await look(to)).size).toEqual(size);
    await grabPoster({ ...known, maxSide: 64 });
    expect((await look(to)).size).toEqual(shrunk);
  },
);

test.for([
  ['audio only', 'tone.mp4', 'video/mp4'],
  ['audio only', 'tone.webm', 'video/webm'],
  ['a file with another type than detected', 'clip.webm', 'video/mp4'],
  ['a file with a type without posters', 'tone.ogg', 'audio/ogg'],
] as const)('%s has no poster: %s', async ([, name, mimeType], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { folder, path, to } = await files(recording(name));
  const poster = grabPoster({ ffmpeg, path, mimeType, to, durationSeconds: 1, signal });
  await expect(poster).rejects.toThrow(NoPreviewError);
  expect(await readdir(folder)).toEqual(['-in:put']);
});

test.for([
  ['with a rare codec', 'color=size=64x48:duration=1:rate=1', 'png'],
  ['with more pixels than two 8K screens', 'color=size=9000x8000:duration=1:rate=1', 'mjpeg'],
] as const)('does not decode a video %s', async ([, source, codec], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { path, to } = await files();
  await film(ffmpeg, { sources: [source], to: path, options: ['-c:v', codec] });
  const poster = grabPoster({ ffmpeg, path, to, ...MP4 });
  await expect(poster).rejects.toThrow(NoPreviewError);
});

test('does not read the files that a playlist lists', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { folder, path, to } = await files(Buffer.from("ffconcat version 1.0\nfile 'secret'\n"));
  await writeFile(join(folder, 'secret'), recording('clip.mp4'));
  const poster = grabPoster({ ffmpeg, path, to, ...MP4 });
  await expect(poster).rejects.toThrow(NoPreviewError);
});

test('does not take the cover image of audio as a video', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { path, to } = await files();
  const sources = ['color=red:size=64x48', 'sine=duration=1'];
  const both = ['-map', '0:v', '-map', '1:a', '-frames:v', '1', '-c:v', 'mjpeg'];
  await film(ffmpeg, { sources, to: path, options: [...both, '-disposition:v', 'attached_pic'] });
  const poster = grabPoster({ ffmpeg, path, to, ...MP4 });
  await expect(poster).rejects.toThrow(NoPreviewError);
});

test('a missing file is not reported as an invalid video', async () => {
  const ffmpeg = await pretendFfmpeg('exit 1');
  const { path, to } = await files();
  const poster = grabPoster({ ffmpeg, path, to, ...MP4 });
  await expect(poster).rejects.toMatchObject({ code: 'ENOENT' });
});
