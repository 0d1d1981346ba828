import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

test('stores an image with its details and serves the same bytes', async () => {
  const bytes = await drawJpeg();
  const details = {
    folder: '/brand//logos/',
    altText: 'A beach',
    altTexts: [{ locale: 'fr-ca', text: 'Une plage' }],
    description: 'Summer',
    tags: [' sea', 'sand', 'sea'],
    focalPoint: { x: 0.25, y: 1 },
  };
  const { mediaFile, reused, userErrors } = await cms.upload(bytes, {
    input: { details },
    name: 'C:\\photos\\cafe\u0301.jpg',
  });
  expect({ reused, userErrors }).toEqual({ reused: false, userErrors: [] });

  const { data } = await cms.graphql(
    `query ($id: ID!) { mediaFile(id: $id) {
      id storeId filename originalFilename mediaType mimeType fileSize checksum width height duration
      altText french: altText(locale: "fr-CA") belgian: altText(locale: "fr-BE")
      altTexts { locale text } decorative description folder tags focalPoint { x y }
      visibility status failure usageCount url version
      contentVersions { number checksum mimeType fileSize width height createdAt current }
      createdAt updatedAt trashedAt
    } }`,
    { id: mediaFile.id },
  );
  const checksum = createHash('sha256').update(bytes).digest('hex');
  const size = { mimeType: 'image/jpeg', fileSize: bytes.length, checksum, width: 64, height: 48 };
  expect(data!.mediaFile).toEqual({
    ...size,
    id: mediaFile.id,
    storeId: 'ours',
    filename: `${mediaFile.id}.jpg`,
    originalFilename: 'café.jpg',
    mediaType: 'IMAGE',
    duration: null,
    altText: 'A beach',
    french: 'Une plage',
    belgian: 'A beach',
    altTexts: [{ locale: 'fr-CA', text: 'Une plage' }],
    decorative: false,
    description: 'Summer',
    folder: 'brand/logos',
    tags: ['sea', 'sand'],
    focalPoint: { x: 0.25, y: 1 },
    visibility: 'PUBLIC',
    status: 'READY',
    failure: null,
    usageCount: 0,
    url: mediaFile.url,
    version: 1,
    contentVersions: [{ ...size, number: 1, createdAt: mediaFile.createdAt, current: true }],
    createdAt: mediaFile.createdAt,
    updatedAt: mediaFile.createdAt,
    trashedAt: null,
  });

  expect(mediaFile.url).toContain(`${cms.url}/media/ours/`);
  const response = await fetch(mediaFile.url);
  expect(response.headers.get('content-type')).toBe('image/jpeg');
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});

test('an upload needs one statement to reserve and one to commit', async () => {
  const counts: number[] = [];
  for (let upload = 0; upload < 3; upload += 1) {
    const bytes = await drawJpeg();
    cms.store.statements.length = 0;
    await cms.upload(bytes, { input: { details: { altTexts: [{ locale: 'fr', text: 'Oui' }] } } });
    counts.push(cms.store.statements.length);
  }
  // The process may run other statements, such as those of the recovery.
  expect(Math.min(...counts)).toBe(2);
});

test('the same bytes again are another file, the existing file, or an error', async () => {
  const bytes = await drawJpeg();
  const { mediaFile: first } = await cms.upload(bytes, {
    input: { details: { altText: 'First' } },
  });
  const again = await cms.upload(bytes, { input: { onDuplicate: 'ALLOW' } });
  expect(again.mediaFile.id).not.toBe(first.id);
  const before = await cms.traces();

  const reused = await cms.upload(bytes, {
    input: { onDuplicate: 'REUSE', details: { altText: 'x' } },
  });
  expect(reused).toMatchObject({
    reused: true,
    mediaFile: { id: first.id, version: 1 },
    userErrors: [],
  });
  const rejected = await cms.upload(bytes, { input: { onDuplicate: 'REJECT' } });
  expect(rejected).toMatchObject({
    mediaFile: null,
    reused: false,
    userErrors: [{ code: 'DUPLICATE', field: ['input', 'file'] }],
  });
  expect(await cms.traces()).toEqual(before);

  const hidden = { onDuplicate: 'REUSE', details: { visibility: 'PRIVATE' } };
  expect(await cms.upload(bytes, { input: hidden })).toMatchObject({
    reused: false,
    userErrors: [],
  });
  expect(
    await cms.upload(bytes, { input: { onDuplicate: 'REJECT' }, storeId: 'elsewhere' }),
  ).toMatchObject({
    reused: false,
    userErrors: [],
  });
});
