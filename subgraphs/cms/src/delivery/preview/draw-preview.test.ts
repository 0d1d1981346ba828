import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pdf } from '../../testing/documents.ts';
import { ffmpegOrSkip } from '../../testing/ffmpeg.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { recording } from '../../testing/recordings.ts';
import { drawPreview } from './draw-preview.ts';
import { NoPreviewError } from './no-preview-error.ts';

const signal = new AbortController().signal;

async function sizeOfPreview(mimeType: string, bytes: Buffer, ffmpeg: string | null) {
  const folder = await temporaryFolder();
  const [path, to] = [join(folder, 'in'), join(folder, 'out')];
  await writeFile(path, bytes);
  await drawPreview({ path, to, mimeType, durationSeconds: null, ffmpeg, signal });
  const { format, width, height } = await sharp(to).metadata();
  return [format, width, height];
}

test('previews a PDF without ffmpeg', async () => {
  expect(await sizeOfPreview('application/pdf', pdf(), null)).toEqual(['png', 2048, 2048]);
});

test('previews a video only with ffmpeg', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const clip = recording('clip.mp4');
  expect(await sizeOfPreview('video/mp4', clip, ffmpeg)).toEqual(['png', 64, 48]);
  await expect(sizeOfPreview('video/mp4', clip, null)).rejects.toThrow(NoPreviewError);
});

test('rejects audio', async () => {
  const sound = sizeOfPreview('audio/mpeg', recording('tone.mp3'), '/usr/bin/ffmpeg');
  await expect(sound).rejects.toThrow(NoPreviewError);
});
