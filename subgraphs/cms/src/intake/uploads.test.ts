import { createHash } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../files/media-file/testing/running-cms.ts';

const PAYLOAD =
  '{ mediaFile { id version checksum originalFilename mimeType } reused userErrors { code field message } }';
const CREATE = `mutation ($input: [StagedUploadInput!]!) { createStagedUploads(input: $input) {
  stagedUpload { id url headers { name value } expiresAt } userErrors { code field } } }`;
const COMPLETE = `mutation ($input: CompleteStagedUploadInput!) { completeStagedUpload(input: $input) ${PAYLOAD} }`;
const IMPORT = `mutation ($input: ImportMediaInput!) { importMedia(input: $input) ${PAYLOAD} }`;
const REPLACE = `mutation ($input: ReplaceMediaContentInput!) { replaceMediaContent(input: $input) {
  mediaFile { id version checksum originalFilename contentVersions { number } } userErrors { code field } } }`;
const QUOTA = '{ mediaQuota { usedBytes limitBytes fileCount } }';

let cms: RunningCms;
let source: Server;
const served = new Map<
  string,
  { body?: Uint8Array; status?: number; headers?: Record<string, string> }
>();
beforeAll(async () => {
  source = createServer((request, response) => {
    const { body, status = 200, headers = {} } = served.get(request.url ?? '') ?? { status: 404 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  const { port } = source.address() as AddressInfo;
  cms = await runCms({
    allowedHosts: new Set([`source.test:${port}`]),
    resolve: async (host) => (host === 'evil.test' ? ['10.0.0.1'] : ['127.0.0.1']),
  });
});
afterAll(async () => {
  source.close();
  await cms.close();
});

const sourceUrl = (path: string, host = 'source.test') =>
  `http://${host}:${(source.address() as AddressInfo).port}${path}`;

async function stage(bytes: Uint8Array<ArrayBuffer>, given: object = {}) {
  const input = [{ filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length, ...given }];
  const { data } = await cms.graphql(CREATE, { input });
  const [{ stagedUpload, userErrors }] = data!['createStagedUploads'];
  expect(userErrors).toEqual([]);
  return stagedUpload as { id: string; url: string };
}
const put = (url: string, body: Uint8Array<ArrayBuffer>) => fetch(url, { method: 'PUT', body });
const complete = async (input: object) =>
  (await cms.graphql(COMPLETE, { input })).data!['completeStagedUpload'];
const importMedia = async (input: object) =>
  (await cms.graphql(IMPORT, { input })).data!['importMedia'];
const replace = async (input: object, bytes: Uint8Array<ArrayBuffer>, name = 'new.jpg') =>
  (
    await cms.graphql(
      REPLACE,
      { input: { ...input, file: null } },
      {
        files: { 'variables.input.file': new File([bytes], name) },
      },
    )
  ).data!['replaceMediaContent'];

test('all ways to upload reject wrong types with the same verifier', async () => {
  const lie = new Uint8Array(await drawJpeg());
  const target = (await cms.upload(await drawJpeg())).mediaFile;
  const before = await cms.traces();
  cms.verified.length = 0;
  const { id, url } = await stage(lie, { filename: 'a.png', mimeType: 'image/png' });
  expect((await put(url, lie)).status).toBe(200);
  served.set('/a.png', { body: lie, headers: { 'content-type': 'image/png' } });
  const results = [
    await cms.upload(lie, { name: 'a.png' }),
    await complete({ id }),
    await importMedia({ url: sourceUrl('/a.png') }),
    await replace({ id: target.id }, lie, 'a.png'),
  ];
  const at = ['file', 'id', 'url', 'file'];
  for (const [index, result] of results.entries()) {
    expect(result).toMatchObject({
      mediaFile: null,
      userErrors: [{ code: 'TYPE_MISMATCH', field: ['input', at[index]] }],
    });
  }
  // The import is verified a second time without its name, which claims nothing.
  expect(cms.verified).toHaveLength(5);
  expect((await cms.traces()).rows).toBe(before.rows + 1);
});

test('staged bytes become a file, and completing again returns it', async () => {
  const bytes = await drawJpeg();
  const checksum = createHash('sha256').update(bytes).digest('hex');
  const { id, url } = await stage(bytes, { checksum });
  expect(await complete({ id })).toMatchObject({ userErrors: [{ code: 'UPLOAD_INCOMPLETE' }] });
  expect((await put(url.replace('expires=1', 'expires=2'), bytes)).status).toBe(403);
  expect((await put(url, bytes.slice(1))).status).toBe(400);
  expect((await put(url, (await drawJpeg(90, 90)).slice(0, bytes.length))).status).not.toBe(200);
  expect((await put(url, bytes)).status).toBe(200);
  expect((await put(url, bytes)).status).toBe(200);
  const [one, two] = await Promise.all([complete({ id }), complete({ id })]);
  expect(one).toMatchObject({ mediaFile: { id, checksum }, userErrors: [] });
  expect(two.mediaFile.id).toBe(id);
  expect((await put(url, bytes)).status).toBe(409);
  const again = await stage(bytes, { checksum });
  expect(await complete({ id: again.id, onDuplicate: 'REUSE' })).toMatchObject({
    reused: true,
    mediaFile: { id },
  });
});

test('imports only from public IP addresses, whatever the host name', async () => {
  const jpeg = await drawJpeg();
  served.set('/photo.jpg', { body: jpeg, headers: { 'content-type': 'image/jpeg' } });
  const taken = await importMedia({ url: sourceUrl('/photo.jpg'), idempotencyKey: 'once' });
  expect(taken).toMatchObject({ mediaFile: { originalFilename: 'photo.jpg' }, userErrors: [] });
  served.delete('/photo.jpg');
  const again = await importMedia({ url: sourceUrl('/photo.jpg'), idempotencyKey: 'once' });
  expect(again.mediaFile.id).toBe(taken.mediaFile.id);
  served.set('/inward', { status: 302, headers: { location: sourceUrl('/x', '127.0.0.1') } });
  for (const url of [
    sourceUrl('/x', '127.0.0.1'),
    sourceUrl('/x', '0x7f.1'),
    sourceUrl('/x', '[::ffff:127.0.0.1]'),
    sourceUrl('/x', '[64:ff9b::7f00:1]'),
    'http://169.254.169.254/latest',
    'http://evil.test/a.jpg',
    'http://user:secret@source.test/a.jpg',
    'ftp://source.test/a.jpg',
    sourceUrl('/inward'),
  ]) {
    expect(await importMedia({ url }), url).toMatchObject({
      userErrors: [{ code: 'SOURCE_FORBIDDEN', field: ['input', 'url'] }],
    });
  }
  expect(await importMedia({ url: sourceUrl('/gone') })).toMatchObject({
    userErrors: [{ code: 'SOURCE_UNREACHABLE' }],
  });
});

test('new content keeps the id, and an outdated version is a conflict', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const bytes = await drawJpeg();
  const { id } = mediaFile;
  const replaced = await replace({ id, version: 1 }, bytes);
  expect(replaced).toMatchObject({
    mediaFile: { id, version: 2, contentVersions: [{ number: 2 }, { number: 1 }] },
    userErrors: [],
  });
  expect(await replace({ id, version: 1 }, bytes)).toMatchObject({
    userErrors: [{ code: 'CONFLICT', field: ['input', 'version'] }],
  });
  expect(await replace({ id }, bytes)).toMatchObject({ mediaFile: { version: 2 }, userErrors: [] });
  expect(await replace({ id: 'none' }, bytes)).toMatchObject({
    userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
  });
});

test('the same key has the same result, also concurrently; another input has not', async () => {
  const bytes = await drawJpeg();
  const input = { idempotencyKey: 'key' };
  const results = await Promise.all(Array.from({ length: 8 }, () => cms.upload(bytes, { input })));
  expect(new Set(results.map(({ mediaFile }) => mediaFile.id)).size).toBe(1);
  expect(await cms.upload(await drawJpeg(), { input })).toMatchObject({
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH', field: ['input', 'idempotencyKey'] }],
  });
});

test('of twenty concurrent uploads exactly seven fit', async () => {
  const bytes = await drawJpeg();
  await cms.upload(bytes, { storeId: 'small' });
  await cms.store.pool.query("UPDATE stores SET quota_bytes = $1 WHERE id = 'small'", [
    bytes.length * 8,
  ]);
  const results = await Promise.all(
    Array.from({ length: 20 }, () => cms.upload(bytes, { storeId: 'small' })),
  );
  expect(results.filter(({ mediaFile }) => mediaFile)).toHaveLength(7);
  const { data } = await cms.graphql(QUOTA, {}, { storeId: 'small' });
  const full = bytes.length * 8;
  expect(data!['mediaQuota']).toEqual({ usedBytes: full, limitBytes: full, fileCount: 8 });
});
