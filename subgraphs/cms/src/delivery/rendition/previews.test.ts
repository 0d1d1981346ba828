import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { findFfmpeg } from '../preview/ffmpeg.ts';
import { pdf } from '../../testing/documents.ts';
import { ffmpegOrSkip, film } from '../../testing/ffmpeg.ts';
import { recording } from '../../testing/recordings.ts';

const PREVIEWS =
  'url(transform: { width: 10 }) srcSet previewUrl small: previewUrl(transform: { width: 64, height: 64, fit: COVER, format: PNG })';

let cms: RunningCms;
let without: RunningCms;
beforeAll(async () => {
  const options = { uploadMaxBytes: 20_000_000 };
  cms = await runCms({ ...options, ffmpeg: await findFfmpeg(process.env) });
  without = await runCms(options);
});
afterAll(async () => {
  await cms.close();
  await without.close();
});

async function previewsOf(bytes: Buffer, { name, type }: { name: string; type: string }, at = cms) {
  const file = new File([new Uint8Array(bytes)], name, { type });
  const { data } = await at.graphql(
    `mutation ($input: UploadMediaInput!) { uploadMedia(input: $input) { mediaFile { ${PREVIEWS} } userErrors { code message } } }`,
    { input: { file: null } },
    { files: { 'variables.input.file': file } },
  );
  expect(data!['uploadMedia'].userErrors).toEqual([]);
  return data!['uploadMedia'].mediaFile;
}

async function imageAt(url: string) {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

test('a PDF has its first page as preview, and no other renditions', async () => {
  const red = pdf({ content: '1 0 0 rg 0 0 1000 1000 re f' });
  const { url, srcSet, previewUrl, small } = await previewsOf(red, {
    name: 'a.pdf',
    type: 'application/pdf',
  });
  expect({ url, srcSet }).toEqual({ url: null, srcSet: null });
  const page = await sharp(await imageAt(previewUrl)).metadata();
  expect(Math.max(page.width, page.height)).toBe(2048);
  const { data, info } = await sharp(await imageAt(small))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([64, 64]);
  expect([...data.subarray(0, 3)]).toEqual([255, 0, 0]);
});

test('a damaged PDF has no preview and is not tried again at once', async () => {
  const broken = Buffer.from(pdf().toString('latin1').replace('/Pages', '/Bages'), 'latin1');
  const { previewUrl } = await previewsOf(broken, { name: 'b.pdf', type: 'application/pdf' });
  expect((await fetch(previewUrl)).status).toBe(404);
  expect((await fetch(previewUrl)).status).toBe(404);
});

test('a video has one of its frames as preview', async ({ skip }) => {
  const ffmpeg = await ffmpegOrSkip(skip);
  const path = join(cms.folder, `${randomUUID()}.mp4`);
  await film(ffmpeg, { sources: ['color=c=blue:s=320x240:d=3'], to: path });
  const { previewUrl, small } = await previewsOf(await readFile(path), {
    name: 'a.mp4',
    type: 'video/mp4',
  });
  expect(await sharp(await imageAt(previewUrl)).metadata()).toMatchObject({
    width: 320,
    height: 240,
  });
  const [red = 255, , blue = 0] = await sharp(await imageAt(small))
    .raw()
    .toBuffer();
  expect(blue - red).toBeGreaterThan(150);
});

test('without ffmpeg a video has no preview, and the health check reports it', async () => {
  const file = { name: 'a.mp4', type: 'video/mp4' };
  expect(await previewsOf(recording('clip.mp4'), file, without)).toMatchObject({
    previewUrl: null,
  });
  const ready = await (await fetch(`${without.url}/health/ready`)).json();
  expect(ready).toMatchObject({ status: 'ready', posterFrames: 'unavailable: no ffmpeg' });
});

test('audio has no preview', async () => {
  const file = { name: 'a.mp3', type: 'audio/mpeg' };
  expect(await previewsOf(recording('tone.mp3'), file)).toMatchObject({ previewUrl: null });
});

test('serves an SVG without scripts, and renders it as an image', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><script>alert(1)</script><rect width="120" height="60" fill="lime" onload="alert(1)"/></svg>',
  );
  const file = new File([new Uint8Array(svg)], 'a.svg', { type: 'image/svg+xml' });
  const { data } = await cms.graphql(
    `mutation ($input: UploadMediaInput!) { uploadMedia(input: $input) { mediaFile { mimeType width height placeholder original: url url(transform: { width: 60 }) } } }`,
    { input: { file: null } },
    { files: { 'variables.input.file': file } },
  );
  const { original, url, placeholder, ...found } = data!['uploadMedia'].mediaFile;
  expect(found).toEqual({ mimeType: 'image/svg+xml', width: 120, height: 60 });
  expect(placeholder).toMatch(/^data:image\/png;base64,/);
  const served = await fetch(original);
  expect(served.headers.get('content-type')).toBe('image/svg+xml');
  expect(served.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox$/);
  const text = await served.text();
  expect(text).not.toMatch(/script|onload|alert/);
  const rendition = await fetch(url);
  expect(rendition.headers.get('content-type')).toBe('image/png');
  const { width, height } = await sharp(Buffer.from(await rendition.arrayBuffer())).metadata();
  expect([width, height]).toEqual([60, 30]);
});
