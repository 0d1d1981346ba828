import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { createOtherProcess } from '../testing/other-process.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

const QUOTA = 5_000_000;
/** Larger than all buffers on the way. */
const LARGE = 3_000_000;
const WAIT = { timeout: 20_000 };

let cms: RunningCms;
let client: StagedClient;
const bytes = new Uint8Array(LARGE);
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: 2 * LARGE, storeQuotaBytes: QUOTA });
  client = createStagedClient(cms);
});
beforeEach(() => cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => cms.close());

const receiving = () => cms.store.count('uploads WHERE receiving_name IS NOT NULL');

/** A PUT that does not end. */
async function openPut(url: string) {
  const before = await receiving();
  const outgoing = request(url, { method: 'PUT', headers: { 'content-length': LARGE } });
  outgoing.on('error', () => {});
  outgoing.write(bytes.subarray(0, 1_000));
  onTestFinished(() => void outgoing.destroy());
  await vi.waitUntil(async () => (await receiving()) > before, WAIT);
  return outgoing;
}
async function refusalOf(url: string) {
  const response = await client.put(url, bytes);
  const body = JSON.parse(await response.text());
  return { status: response.status, code: body.errors[0].extensions.code };
}
const OVER = { status: 413, code: 'QUOTA_EXCEEDED' };

test('a PUT reserves its declared size until it fails', async () => {
  const [first, second] = [await client.stage(bytes), await client.stage(bytes)];
  const running = await openPut(first.url);
  expect(await refusalOf(second.url)).toEqual(OVER);
  const { data } = await client.create([
    { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: LARGE },
  ]);
  expect(data!['createStagedUploads'][0].userErrors).toMatchObject([{ code: 'QUOTA_EXCEEDED' }]);
  running.destroy();
  await vi.waitUntil(async () => (await receiving()) === 0, WAIT);
  expect((await client.put(second.url, bytes)).status).toBe(200);
});

test('bytes that have arrived count until the upload is completed or has expired', async () => {
  const [first, second] = [await client.stage(bytes), await client.stage(bytes)];
  expect((await client.put(first.url, bytes)).status).toBe(200);
  expect(await refusalOf(second.url)).toEqual(OVER);
  await cms.store.pool.query('UPDATE uploads SET expires_at = now() WHERE id = $1', [first.id]);
  await createOtherProcess(cms).recover();
  expect((await client.put(second.url, bytes)).status).toBe(200);
});

test('the same upload can be sent again', async () => {
  const { url } = await client.stage(bytes);
  for (let time = 0; time < 3; time += 1) {
    expect((await client.put(url, bytes)).status).toBe(200);
  }
});

test('of concurrent PUTs as many start as fit', async () => {
  const small = new Uint8Array(1_100_000);
  const uploads = [];
  for (let count = 0; count < 8; count += 1) uploads.push(await client.stage(small));
  const results = await Promise.all(uploads.map(({ url }) => client.put(url, small)));
  const statuses = results.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(4);
  expect(statuses.filter((status) => status === OVER.status)).toHaveLength(4);
});

test('other stores have their own quota', async () => {
  const ours = await client.stage(bytes);
  const theirs = await client.stage(bytes, {}, 'theirs');
  await openPut(ours.url);
  expect((await client.put(theirs.url, bytes)).status).toBe(200);
});

test('an upload by multipart request has the rest of the quota', async () => {
  const { url } = await client.stage(bytes);
  await openPut(url);
  const image = await drawJpeg();
  const large = new Uint8Array(QUOTA - LARGE + 1);
  large.set(image);
  expect((await cms.upload(large)).userErrors).toMatchObject([{ code: 'QUOTA_EXCEEDED' }]);
  expect((await cms.upload(image)).userErrors).toEqual([]);
});

test('a PUT whose process was killed frees its bytes and its room when the upload expires', async () => {
  const [first, second] = [await client.stage(bytes), await client.stage(bytes)];
  const { stagedUploads, staging, recover } = createOtherProcess(cms);
  const name = `${first.id}-0123456789abcdef`;
  expect(await stagedUploads.begin(first.id, name)).toMatchObject({ outcome: 'begun' });
  await staging.receive(name, Readable.from([Buffer.from('part')]), {
    maxBytes: LARGE,
  });
  expect(await refusalOf(second.url)).toEqual(OVER);
  await recover();
  expect(await staging.has(name)).toBe(true);
  await cms.store.pool.query('UPDATE uploads SET expires_at = now() WHERE id = $1', [first.id]);
  await recover();
  expect(await staging.has(name)).toBe(false);
  expect((await client.put(second.url, bytes)).status).toBe(200);
});
