import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { createStagedUrlSigner } from './staged-url.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

/** Larger than a GraphQL body may be, and larger than all buffers on the way. */
const LARGE = 3_000_000;

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  jpeg = await drawJpeg(200, 200);
  cms = await runCms({ uploadMaxBytes: 2 * LARGE });
  client = createStagedClient(cms);
});
beforeEach(() => cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => cms.close());

const files = async () => (await cms.traces()).files;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const withOneMore = (bytes: Uint8Array) => new Uint8Array([...bytes, 0]);

/** A client that can declare any length of its body, or none. */
function rawPut(url: string, headers: Record<string, string | number> = {}) {
  const outgoing = request(url, { method: 'PUT', headers });
  outgoing.on('error', () => {}); // The server may disconnect before everything is sent.
  return outgoing;
}

test('rejects one byte too many or too few and leaves nothing', async () => {
  const before = await files();
  const { id, url } = await client.stage(jpeg);
  expect((await client.put(url, withOneMore(jpeg))).status).toBe(413);
  expect((await client.put(url, jpeg.slice(1))).status).toBe(400);
  expect((await client.put(url, new Uint8Array(0))).status).toBe(400);
  expect(await files()).toEqual(before);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_INCOMPLETE' }]);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id, checksum: sha256(jpeg) });
});

test('rejects a body without a length before reading it', async () => {
  const before = await files();
  const { url } = await client.stage(jpeg);
  const outgoing = rawPut(url, { 'transfer-encoding': 'chunked' });
  outgoing.write(jpeg);
  const [response] = await once(outgoing, 'response');
  outgoing.destroy();
  expect(response.statusCode).toBe(411);
  expect(response.headers['access-control-allow-origin']).toBe('*');
  expect(await files()).toEqual(before);
});

test('rejects a body with two lengths, which could smuggle a request', async () => {
  const { url } = await client.stage(jpeg);
  const outgoing = rawPut(url, { 'transfer-encoding': 'chunked', 'content-length': jpeg.length });
  outgoing.write(jpeg);
  const [response] = await once(outgoing, 'response');
  outgoing.destroy();
  expect(response.statusCode).toBe(400);
});

test('a client that disconnects halfway leaves nothing and may send again', async () => {
  const before = await files();
  const bytes = new Uint8Array(LARGE);
  bytes.set(jpeg);
  const { id, url } = await client.stage(bytes);
  const outgoing = rawPut(url, { 'content-length': LARGE });
  outgoing.write(bytes.subarray(0, LARGE - 1));
  await vi.waitUntil(async () => (await files()).length > before.length);
  outgoing.destroy();
  await vi.waitUntil(async () => (await files()).length === before.length);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_INCOMPLETE' }]);
  expect((await client.put(url, bytes)).status).toBe(200);
  expect(await cms.store.count(`uploads WHERE state = 'STAGED'`)).toBe(1);
});

test('a second PUT replaces the bytes of the first', async () => {
  const before = await files();
  const other = new Uint8Array(jpeg);
  other.set([0xff], jpeg.length - 3);
  const { id, url } = await client.stage(jpeg);
  expect((await client.put(url, other)).status).toBe(200);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect(await files()).toHaveLength(before.length + 1);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ checksum: sha256(jpeg) });
});

test('concurrent PUTs leave the bytes of one of them', async () => {
  const before = await files();
  const { id, url } = await client.stage(jpeg);
  const results = await Promise.all(Array.from({ length: 8 }, () => client.put(url, jpeg)));
  const statuses = new Set(results.map(({ status }) => status));
  expect(statuses).toContain(200);
  expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([]);
  expect(await files()).toHaveLength(before.length + 1);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('bytes that arrive during or after completion have no effect and are removed', async () => {
  const { id, url } = await client.stage(jpeg);
  await client.put(url, jpeg);
  const staged = (await files()).length;
  const late = rawPut(url, { 'content-length': jpeg.length });
  late.write(jpeg.subarray(0, 10));
  await vi.waitUntil(async () => (await files()).length > staged);
  const { mediaFile } = await client.complete({ id });
  late.end(jpeg.subarray(10));
  const [response] = await once(late, 'response');
  expect(response.statusCode).toBe(409);
  expect((await client.put(url, jpeg)).status).toBe(409);
  expect(await files()).toHaveLength(staged);
  expect(mediaFile).toMatchObject({ id, checksum: sha256(jpeg) });
  expect((await client.complete({ id })).mediaFile).toEqual(mediaFile);
});

test('for any order of PUTs and completions, the file has the complete bytes of one PUT', async () => {
  // The same length and a complete image, made a little brighter or darker by its first
  // quantization table.
  const other = new Uint8Array(jpeg);
  const quantum = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xdb])) + 5;
  other.set([jpeg[quantum]! + 1], quantum);
  for (let round = 0; round < 8; round += 1) {
    const before = await files();
    const { id, url } = await client.stage(jpeg);
    await client.put(url, jpeg);
    const put = async (bytes: Uint8Array<ArrayBuffer>) => (await client.put(url, bytes)).status;
    const complete = async () => (await client.complete({ id })).mediaFile;
    const [first, second, ...statuses] = await Promise.all([
      complete(),
      complete(),
      ...[other, jpeg, other, jpeg].map(put),
    ]);
    expect(first).toMatchObject({ id });
    expect(second).toEqual(first);
    for (const status of statuses) expect([200, 409]).toContain(status);
    const served = new Uint8Array(await (await fetch(first.url)).arrayBuffer());
    expect(sha256(served)).toBe(first.checksum);
    expect([sha256(jpeg), sha256(other)]).toContain(first.checksum);
    expect(await files()).toHaveLength(before.length + 1);
  }
});

test('rejects bytes other than the declared ones and leaves nothing', async () => {
  const before = await files();
  const other = new Uint8Array(jpeg);
  other.set([0xff], jpeg.length - 3);
  const { id, url } = await client.stage(jpeg, { checksum: sha256(jpeg) });
  expect((await client.put(url, other)).status).toBe(422);
  expect(await files()).toEqual(before);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ checksum: sha256(jpeg) });
});

test('rejects an unsigned or expired URL before reading the body', async () => {
  const { id, url } = await client.stage(jpeg);
  const other = await client.stage(jpeg);
  const signer = (...secrets: string[]) => createStagedUrlSigner({ secrets });
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const address = { protocol: 'PUT' as const, id, length: jpeg.length, expiresAt: inAnHour };
  const ours = signer('another secret that is long enough');
  const forged = [
    url.replace(id, other.id),
    url.replace(/length=\d+/, 'length=1'),
    url.replace(/expires=\d+/, `expires=${inAnHour * 2}`),
    `${url}&x=1`,
    url.replace('?', '?x=1&'),
    url.slice(0, url.indexOf('?')),
    url.slice(0, -1),
    `${cms.url}${signer('the secret of another installation').sign(address)}`,
    `${cms.url}${ours.sign({ ...address, expiresAt: Math.floor(Date.now() / 1000) - 1 })}`,
  ];
  cms.store.statements.length = 0;
  for (const one of forged) {
    const response = await client.put(one, jpeg);
    expect(response.status, one).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  }
  expect(cms.store.statements).toEqual([]);
  expect((await client.put(`${cms.url}${ours.sign(address)}`, jpeg)).status).toBe(200);
});

test('any page may send bytes and read the response', async () => {
  const { url, headers } = await client.stage(jpeg);
  expect(headers).toEqual([{ name: 'content-type', value: 'image/jpeg' }]);
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://admin.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': '*',
  });
  expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
  const sent = await client.put(url, jpeg, { 'content-type': 'image/jpeg' });
  expect(sent.headers.get('access-control-allow-origin')).toBe('*');
  expect(sent.headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id');
  expect(sent.headers.get('cache-control')).toBe('no-store');
  expect(await sent.json()).toEqual({ byteSize: jpeg.length });
  for (const method of ['GET', 'POST', 'DELETE']) {
    expect((await fetch(url, { method })).status, method).toBe(404);
  }
});
