import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import type { MediaDetailsInput } from '../../generated/graphql.ts';
import { type SourceServer, serveSource } from '../../testing/source-server.ts';
import { createStagedClient } from './testing/staged-client.ts';

let cms: RunningCms;
let source: SourceServer;
beforeAll(async () => {
  source = await serveSource();
  cms = await runCms({
    allowedHosts: new Set([source.host]),
    resolve: async () => ['127.0.0.1'],
  });
});
afterAll(async () => {
  source.close();
  await cms.close();
});

/** Every detail, with a value that a new file does not have. */
const details: Required<MediaDetailsInput> = {
  title: 'Low tide',
  folder: 'summer',
  altText: 'A beach',
  altTexts: [{ locale: 'fr', text: 'Une plage' }],
  decorative: true,
  description: 'Before noon',
  credit: 'Ada Painter',
  copyright: '© 2026 The Museum',
  tags: ['sea', 'sand'],
  focalPoint: { x: 0.25, y: 1 },
  visibility: 'PRIVATE',
};

type Bytes = Uint8Array<ArrayBuffer>;
type Upload = (
  bytes: Bytes,
  input: object,
) => Promise<{
  mediaFile: { id: string };
  userErrors: object[];
}>;

const IMPORT = `mutation ($input: ImportMediaInput!) {
  importMedia(input: $input) { mediaFile { id } userErrors { code field } }
}`;

const waysToUpload: Record<string, Upload> = {
  uploadMedia: (bytes, input) => cms.upload(bytes, { input }),
  async completeStagedUpload(bytes, input) {
    const client = createStagedClient(cms);
    const { id, url } = await client.stage(bytes);
    await client.put(url, bytes);
    return client.complete({ id, ...input });
  },
  async importMedia(bytes, input) {
    const url = source.serve('/beach.jpg', (_request, response) => response.end(bytes));
    const { data } = await cms.graphql(IMPORT, { input: { url, ...input } });
    return data!['importMedia'];
  },
};

test.each(Object.entries(waysToUpload))('%s stores all details', async (name, upload) => {
  const { mediaFile, userErrors } = await upload(await drawJpeg(), { details });
  expect(userErrors).toEqual([]);
  const { data } = await cms.graphql(
    `query ($id: ID!) { mediaFile(id: $id) {
      title folder altText altTexts { locale text } decorative description credit copyright tags
      focalPoint { x y } visibility
    } }`,
    { id: mediaFile.id },
  );
  expect(data!['mediaFile'], name).toEqual(details);
});

test.each(Object.entries(waysToUpload))(
  '%s with the same key and another title is another request',
  async (name, upload) => {
    const bytes = await drawJpeg();
    const input = { idempotencyKey: name, details: { title: 'Low tide' } };
    const first = await upload(bytes, input);
    expect(first.userErrors).toEqual([]);
    const again = { ...input, details: { title: ' Low tide ' } };
    const other = { ...input, details: { title: 'High tide' } };
    expect((await upload(bytes, again)).mediaFile).toEqual(first.mediaFile);
    expect((await upload(bytes, other)).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_MISMATCH', field: ['input', 'idempotencyKey'] },
    ]);
  },
);
