import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { grabPoster } from '../../../delivery/preview/video.ts';
import { ffmpegOrSkip, record } from '../../../testing/ffmpeg.ts';
import { temporaryFolder } from '../../../testing/folder.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();
const signal = new AbortController().signal;

interface Encoding {
  readonly mimeType: string;
  readonly extension: string;
  readonly video?: readonly string[];
  readonly audio?: readonly string[];
  readonly options?: readonly string[];
}

const MP2 = ['-c:a', 'mp2'];
const MPEG2 = ['-c:v', 'mpeg2video', '-r', '25'];

const VIDEOS: readonly (readonly [string, Encoding])[] = [
  ['clip.mkv', { mimeType: 'video/matroska', extension: 'mkv', video: ['-c:v', 'mpeg4'] }],
  ['clip.avi', { mimeType: 'video/x-msvideo', extension: 'avi', video: ['-c:v', 'mpeg4'] }],
  [
    'clip.divx',
    {
      mimeType: 'video/x-msvideo',
      extension: 'avi',
      video: ['-c:v', 'msmpeg4v2'],
      options: ['-f', 'avi'],
    },
  ],
  [
    'clip.wmv',
    {
      mimeType: 'video/x-ms-wmv',
      extension: 'wmv',
      video: ['-c:v', 'wmv2'],
      audio: ['-c:a', 'wmav2'],
    },
  ],
  ['clip.asf', { mimeType: 'video/x-ms-wmv', extension: 'wmv', video: ['-c:v', 'wmv1'] }],
  [
    'clip.mpg',
    {
      mimeType: 'video/mpeg',
      extension: 'mpg',
      video: ['-c:v', 'mpeg1video', '-r', '25'],
      audio: MP2,
    },
  ],
  ['clip.vob', { mimeType: 'video/mpeg', extension: 'mpg', video: MPEG2, audio: MP2 }],
  ['clip.ts', { mimeType: 'video/mp2t', extension: 'ts', video: MPEG2, audio: MP2 }],
  ['clip.m2ts', { mimeType: 'video/mp2t', extension: 'ts', video: MPEG2, audio: MP2 }],
  [
    'clip.ogv',
    {
      mimeType: 'video/ogg',
      extension: 'ogv',
      video: ['-c:v', 'libtheora'],
      audio: ['-c:a', 'libvorbis'],
    },
  ],
];

const SOUNDS: readonly (readonly [string, Encoding])[] = [
  ['tone.m4a', { mimeType: 'audio/mp4', extension: 'm4a', audio: ['-c:a', 'aac'] }],
  ['tone.flac', { mimeType: 'audio/flac', extension: 'flac', audio: ['-c:a', 'flac'] }],
  ['tone.aac', { mimeType: 'audio/aac', extension: 'aac', audio: ['-c:a', 'aac'] }],
  ['tone.aif', { mimeType: 'audio/aiff', extension: 'aiff', audio: ['-c:a', 'pcm_s16be'] }],
  [
    'tone.aifc',
    {
      mimeType: 'audio/aiff',
      extension: 'aiff',
      audio: ['-c:a', 'pcm_mulaw'],
      options: ['-f', 'aiff'],
    },
  ],
  ['tone.wma', { mimeType: 'audio/x-ms-wma', extension: 'wma', audio: ['-c:a', 'wmav2'] }],
  ['tone.mka', { mimeType: 'audio/matroska', extension: 'mka', audio: ['-c:a', 'libmp3lame'] }],
  [
    'tone.weba',
    {
      mimeType: 'audio/webm',
      extension: 'weba',
      audio: ['-c:a', 'libopus'],
      options: ['-f', 'webm'],
    },
  ],
  ['tone.wav', { mimeType: 'audio/wav', extension: 'wav', audio: ['-c:a', 'adpcm_ms'] }],
  ['tone.oga', { mimeType: 'audio/ogg', extension: 'ogg', audio: ['-c:a', 'flac'] }],
];

test.for(VIDEOS)('accepts %s, and shows a frame of it', async ([name, encoding], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { mimeType, extension } = encoding;
  const bytes = await record(ffmpeg, name, encoding);
  expect(await verify(bytes, name)).toMatchObject({
    verified: {
      mediaType: 'VIDEO',
      mimeType,
      extension,
      width: 64,
      height: 48,
      durationSeconds: expect.closeTo(2, 0),
    },
  });

  const folder = await temporaryFolder();
  const [path, to] = ['in', 'out.png'].map((file) => join(folder, file)) as [string, string];
  await writeFile(path, bytes);
  await grabPoster({ ffmpeg, path, mimeType, to, durationSeconds: 2, signal });
  expect(await sharp(to).metadata()).toMatchObject({ width: 64, height: 48 });
});

test.for(SOUNDS)('accepts %s', async ([name, encoding], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const { mimeType, extension } = encoding;
  const bytes = await record(ffmpeg, name, encoding);
  const durationSeconds = expect.closeTo(2, 0);
  expect(await verify(bytes, name)).toMatchObject({
    verified: { mediaType: 'AUDIO', mimeType, extension, width: null, durationSeconds },
  });
});

/** Nothing in the others states their length. */
const STATE_LENGTH = new Set(
  `clip.mkv clip.avi clip.divx clip.wmv clip.asf tone.m4a tone.flac tone.aif tone.aifc tone.wma
   tone.mka tone.weba tone.wav`.split(/\s+/),
);

test.for([...VIDEOS, ...SOUNDS].filter(([name]) => STATE_LENGTH.has(name)))(
  'refuses %s that was cut',
  async ([name, encoding], { skip }) => {
    const ffmpeg = await ffmpegOrSkip(skip);
    const bytes = await record(ffmpeg, name, encoding);
    for (const part of [0.5, 0.7, 0.9]) {
      const cut = bytes.subarray(0, bytes.length * part);
      expect(await verify(cut, name), `${part}`).toEqual(refusal('CORRUPT_FILE'));
    }
  },
);

test('an MP4 with its index first is whole if it has its samples', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const options = ['-movflags', '+faststart'];
  const bytes = await record(ffmpeg, 'clip.mp4', { video: ['-c:v', 'mpeg4'], options });
  for (const end of [-1, -100, bytes.length * 0.7])
    expect(await verify(bytes.subarray(0, end)), `${end}`).toEqual(refusal('CORRUPT_FILE'));
  const data = bytes.indexOf('mdat') - 4;
  bytes.writeUInt32BE(bytes.readUInt32BE(data) + 100, data);
  expect(await verify(bytes)).toMatchObject({ verified: { width: 64 } });
});

const FRAGMENTED = ['-movflags', 'frag_keyframe+empty_moov', '-g', '5'];

test('a fragmented MP4 is whole if its fragments are', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const video = ['-c:v', 'mpeg4'];
  const bytes = await record(ffmpeg, 'clip.mp4', { video, options: FRAGMENTED });
  expect(await verify(bytes)).toMatchObject({
    verified: { mimeType: 'video/mp4', durationSeconds: expect.closeTo(2, 2) },
  });
  const fragment = bytes.indexOf('moof') - 4;
  expect(await verify(bytes.subarray(0, fragment))).toEqual(refusal('CORRUPT_FILE'));
  const second = bytes.indexOf('moof', fragment + 8) - 4;
  for (const end of [fragment + 20, second - 10, second + 30, bytes.length / 2])
    expect(await verify(bytes.subarray(0, end)), `${end}`).toEqual(refusal('CORRUPT_FILE'));
});

test('an index of segments states the length of a fragmented MP4', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const options = ['-movflags', 'frag_keyframe+empty_moov+global_sidx', '-g', '5'];
  const bytes = await record(ffmpeg, 'clip.mp4', { video: ['-c:v', 'mpeg4'], options });
  expect(await verify(bytes)).toMatchObject({ verified: { width: 64 } });
  const last = bytes.lastIndexOf('moof') - 4;
  expect(await verify(bytes.subarray(0, last))).toEqual(refusal('CORRUPT_FILE'));
});

test.for<[string, string, number, number]>([
  ['wide pixels', '16/11', 93, 48],
  ['high pixels', '8/9', 64, 54],
])('%s are shown as browsers show them', async ([, ratio, width, height], { skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  for (const name of ['clip.mp4', 'clip.mov', 'clip.mkv', 'clip.avi']) {
    const bytes = await record(ffmpeg, name, {
      video: ['-c:v', 'mpeg4', '-vf', `setsar=${ratio}`],
    });
    expect(await verify(bytes), name).toMatchObject({ verified: { width, height } });
  }
});
