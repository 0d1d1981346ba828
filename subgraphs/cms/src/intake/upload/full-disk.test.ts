import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { NO_SMALL_DISK, mountSmallDisk } from '../../testing/full-disk.ts';
import { type StagedClient, createStagedClient } from './testing/staged-client.ts';

const UPLOAD = `mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) { mediaFile { id } userErrors { code message } }
}`;
const UPLOAD_FILES = `mutation ($input: [UploadMediaInput!]!) {
  uploadMediaFiles(input: $input) { mediaFile { id } userErrors { code message } }
}`;
const FULL = { code: 'INSUFFICIENT_STORAGE' };

let cms: RunningCms;
let client: StagedClient;
let disk: ReturnType<typeof mountSmallDisk>;
let jpeg: Uint8Array<ArrayBuffer>;
const logged: string[] = [];

beforeAll(async () => {
  cms = await runCms({ logLine: (line) => logged.push(line) });
  client = createStagedClient(cms);
  jpeg = await drawJpeg();
  // Nothing is there yet: the CMS creates its folders with the first upload.
  disk = mountSmallDisk(cms.folder, 256);
});
beforeEach(async ({ skip }) => {
  if (!disk) skip(NO_SMALL_DISK);
  await disk?.free();
  logged.length = 0;
});
afterAll(async () => {
  disk?.unmount();
  await cms.close();
});

const staged = async () => (await cms.traces()).files.filter((name) => name.endsWith('.part'));
const ready = async () => (await fetch(`${cms.url}/health/ready`)).status;

test('a PUT is answered with 507, leaves nothing and can be sent again', async () => {
  const { id, url } = await client.stage(jpeg);
  await disk!.fill();
  const response = await client.put(url, jpeg);
  expect(response.status).toBe(507);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(JSON.parse(await response.text())).toMatchObject({ errors: [{ extensions: FULL }] });
  expect(logged.join('')).toContain('ENOSPC');
  expect(await staged()).toEqual([]);
  await disk!.free();
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('a PUT of which the disk has room for a part is answered with 507', async () => {
  const bytes = new Uint8Array(600_000);
  const { url } = await client.stage(bytes);
  expect((await client.put(url, bytes)).status).toBe(507);
  expect(await staged()).toEqual([]);
});

test('a multipart upload gets a retryable error', async () => {
  await disk!.fill();
  const files = { 'variables.input.file': new File([jpeg], 'a.jpg', { type: 'image/jpeg' }) };
  const { status, errors } = await cms.graphql(UPLOAD, { input: { file: null } }, { files });
  expect(status).toBe(507);
  expect(errors).toMatchObject([{ message: expect.stringContaining('full'), extensions: FULL }]);
  expect(logged.join('')).toContain('ENOSPC');
  await disk!.free();
  expect((await cms.upload(jpeg)).userErrors).toEqual([]);
});

test('an upload of several files reports the reason for each', async () => {
  await disk!.fill();
  const files = { 'variables.input.0.file': new File([jpeg], 'a.jpg', { type: 'image/jpeg' }) };
  const { data } = await cms.graphql(UPLOAD_FILES, { input: [{ file: null }] }, { files });
  expect(data!['uploadMediaFiles']).toMatchObject([
    { userErrors: [{ code: 'UPLOAD_INCOMPLETE', message: expect.stringContaining('full') }] },
  ]);
});

test('the CMS is not ready while its disk is full', async () => {
  expect(await ready()).toBe(200);
  await disk!.fill();
  expect(await ready()).toBe(503);
  expect(logged.join('')).toContain('ENOSPC');
  await disk!.free();
  expect(await ready()).toBe(200);
  expect(await staged()).toEqual([]);
});
