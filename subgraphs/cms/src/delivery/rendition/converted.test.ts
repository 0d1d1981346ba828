import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { HEVC, av1, profile, rotation, sequence, still } from '../../testing/heif.ts';
import { bmp, ico, jxl, psd } from '../../testing/other-images.ts';
import { png } from '../../testing/images.ts';
import { colourAt, near } from '../../testing/renderer.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const FIELDS =
  'width height animated url(transform: { width: 32 }) png: url(transform: { format: PNG }) original: url srcSet placeholder previewUrl';

async function upload(bytes: Buffer, name: string) {
  const { data } = await cms.graphql(
    `mutation ($input: UploadMediaInput!) { uploadMedia(input: $input) { mediaFile { ${FIELDS} } userErrors { message } } }`,
    { input: { file: null } },
    { files: { 'variables.input.file': new File([new Uint8Array(bytes)], name) } },
  );
  expect(data!['uploadMedia'].userErrors).toEqual([]);
  return data!['uploadMedia'].mediaFile;
}

async function get(url: string) {
  const response = await fetch(url, { headers: { accept: 'image/webp' } });
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { type: response.headers.get('content-type'), bytes };
}

test.for([
  ['photo.heic', 'image/heic', () => still(HEVC)],
  ['photo.jxl', 'image/jxl', jxl],
  ['photo.bmp', 'image/bmp', () => bmp()],
  ['photo.ico', 'image/x-icon', () => ico(bmp({ hasFileHeader: false, hasMask: true }))],
  ['photo.psd', 'image/vnd.adobe.photoshop', () => psd()],
] as const)('%s has renditions, and its original stays', async ([name, mimeType, make]) => {
  const file = await upload(make(), name);
  const { type, bytes } = await get(file.url);
  expect(type).toBe('image/webp');
  expect((await sharp(bytes).metadata()).width).toBe(32);
  expect(near(await colourAt(bytes, 0.2, 0.5), [255, 0, 0])).toBe(true);
  expect(near(await colourAt(bytes, 0.8, 0.5), [0, 0, 255])).toBe(true);
  expect(file.srcSet).toContain(' 60w'.replace('60', `${file.width}`));
  expect(file.placeholder).toContain('data:image/png');
  expect(file.previewUrl).toBeNull();
  expect(await get(file.original)).toEqual({ type: mimeType, bytes: make() });
});

test('a rotated HEIC is rendered as it is shown', async () => {
  const { png: url } = await upload(still({ ...HEVC, properties: [rotation(1)] }), 'turned.heic');
  const { bytes } = await get(url);
  expect(near(await colourAt(bytes, 0.5, 0.8), [255, 0, 0])).toBe(true);
  expect(near(await colourAt(bytes, 0.5, 0.2), [0, 0, 255])).toBe(true);
});

test('renditions of a HEIC keep its colour profile', async () => {
  const { icc } = await sharp(
    await sharp(await png())
      .withIccProfile('p3')
      .png()
      .toBuffer(),
  ).metadata();
  const { png: url } = await upload(still({ ...HEVC, properties: [profile(icc!)] }), 'wide.heic');
  const { bytes } = await get(url);
  expect((await sharp(bytes).metadata()).icc).toEqual(icc);
  expect(near(await colourAt(bytes, 0.2, 0.5), [255, 0, 0])).toBe(true);
});

test('an AVIF sequence moves, and its renditions show the first image', async () => {
  const size = { width: 60, height: 40 };
  const bytes = sequence(await av1(size), { images: 3 });
  const file = await upload(bytes, 'moving.avifs');
  expect(file).toMatchObject({ ...size, animated: true });
  const rendition = await sharp((await get(file.url)).bytes).metadata();
  expect([rendition.width, rendition.height]).toEqual([32, 21]);
});
