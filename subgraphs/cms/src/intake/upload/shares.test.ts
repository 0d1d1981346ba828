import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { MULTIPART_TYPE, partsUpTo } from './testing/multipart-body.ts';
import { type StagedClient, createStagedClient } from './testing/staged-client.ts';

/** Larger than all buffers on the way. */
const LARGE = 2_000_000;
const WAIT = { timeout: 20_000 };
const UPLOAD = `mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) { mediaFile { id } userErrors { code message } }
}`;

let cms: RunningCms;
let slow: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
const large = new Uint8Array(LARGE);
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: 2 * LARGE, uploadSlots: 4 });
  const uploadPace = { minBytesPerSecond: 1_000_000, windowMs: 1_000 };
  slow = await runCms({ uploadMaxBytes: 2 * LARGE, uploadPace });
  client = createStagedClient(cms);
  jpeg = await drawJpeg();
});
beforeEach(() => cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(async () => {
  await cms.close();
  await slow.close();
});

const staged = async (at = cms) =>
  (await at.traces()).files.filter((name) => name.endsWith('.part')).length;

/** A request that does not end. `answer` resolves to the status and body of its response. */
function open(url: string, headers: Record<string, string | number>, start: Uint8Array) {
  const method = url.includes('/uploads/') ? 'PUT' : 'POST';
  const outgoing = request(url, { method, headers });
  outgoing.on('error', () => {});
  const response = once(outgoing, 'response');
  response.catch(() => {}); // of a request that the test aborts
  outgoing.write(start);
  onTestFinished(() => void outgoing.destroy());
  return {
    end: () => outgoing.destroy(),
    send: (bytes: Uint8Array) => outgoing.write(bytes),
    async answer() {
      const incoming: IncomingMessage = (await response)[0];
      const text = (await incoming.toArray()).join('');
      return { status: incoming.statusCode, body: JSON.parse(text) };
    },
  };
}

/** Waits until its bytes arrive. */
async function openPut(storeId: string) {
  const before = await staged();
  const { url } = await client.stage(large, {}, storeId);
  const put = open(url, { 'content-length': LARGE }, large.subarray(0, LARGE / 2));
  await vi.waitUntil(async () => (await staged()) > before, WAIT);
  return put;
}
async function openForm(storeId: string, at = cms, start = large.subarray(0, LARGE / 2)) {
  const before = await staged(at);
  const headers = {
    authorization: await at.authorization({ storeId }),
    'content-type': MULTIPART_TYPE,
    'apollo-require-preflight': 'true',
    'content-length': 2 * LARGE,
  };
  const form = open(`${at.url}/graphql`, headers, partsUpTo(start, UPLOAD));
  await vi.waitUntil(async () => (await staged(at)) > before, WAIT);
  return form;
}

const OVERLOADED = { errors: [{ extensions: { code: 'OVERLOADED' } }] };
const putOf = async (storeId: string) => {
  const { url } = await client.stage(jpeg, {}, storeId);
  return client.put(url, jpeg);
};

test('a store whose uploads take half of the slots is refused, and other stores are not', async () => {
  const first = await openPut('ours');
  await openForm('ours');
  const refused = await putOf('ours');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  expect(JSON.parse(await refused.text())).toMatchObject(OVERLOADED);
  const files = { 'variables.input.file': new File([jpeg], 'a.jpg', { type: 'image/jpeg' }) };
  const call = { files, storeId: 'ours' };
  expect(await cms.graphql(UPLOAD, { input: { file: null } }, call)).toMatchObject({
    status: 503,
    ...OVERLOADED,
  });
  expect((await putOf('theirs')).status).toBe(200);
  expect((await cms.upload(jpeg, { storeId: 'theirs' })).userErrors).toEqual([]);
  expect(await cms.store.count(`uploads WHERE receiving_name IS NOT NULL`)).toBe(1);

  first.end();
  await vi.waitUntil(async () => (await putOf('ours')).status === 200, WAIT);
});

test('without a free slot every store is refused', async () => {
  await openPut('ours');
  await openPut('ours');
  await openPut('theirs');
  const last = await openForm('others');
  expect((await putOf('theirs')).status).toBe(503);
  last.end();
  await vi.waitUntil(async () => (await putOf('theirs')).status === 200, WAIT);
});

test('a PUT that is too slow is answered with 408 and leaves nothing', async () => {
  const { url } = await createStagedClient(slow).stage(large);
  const put = open(url, { 'content-length': LARGE }, large.subarray(0, 100));
  const dripping = setInterval(() => put.send(large.subarray(0, 1)), 100);
  const { status, body } = await put.answer();
  clearInterval(dripping);
  expect(status).toBe(408);
  expect(body).toMatchObject({
    errors: [{ message: expect.stringContaining('too slow'), extensions: { code: 'TIMEOUT' } }],
  });
  await vi.waitUntil(async () => (await staged(slow)) === 0, WAIT);
  expect(await slow.store.count(`uploads WHERE receiving_name IS NOT NULL`)).toBe(0);
});

test('a multipart upload that is too slow ends with the reason and leaves nothing', async () => {
  const form = await openForm('ours', slow);
  const dripping = setInterval(() => form.send(large.subarray(0, 1)), 100);
  const { body } = await form.answer();
  clearInterval(dripping);
  const error = { code: 'UPLOAD_INCOMPLETE', message: expect.stringContaining('too slow') };
  expect(body.data.uploadMedia.userErrors).toMatchObject([error]);
  await vi.waitUntil(async () => (await staged(slow)) === 0, WAIT);
});

test('a small upload is not too slow', async () => {
  expect((await slow.upload(jpeg)).userErrors).toEqual([]);
  const { url } = await createStagedClient(slow).stage(jpeg);
  expect((await createStagedClient(slow).put(url, jpeg)).status).toBe(200);
});
