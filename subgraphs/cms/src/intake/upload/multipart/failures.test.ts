import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { MULTIPART_TYPE, partsUpTo } from '../testing/multipart-body.ts';

const MAX_BYTES = 2_000_000;
/** More than all buffers on the way, so that reading has started. */
const HALF_WAY = new Uint8Array(1_000_000);
const UPLOAD = `mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) { mediaFile { id } reused userErrors { code message field } }
}`;
const UPLOAD_FILES = `mutation ($input: [UploadMediaInput!]!) {
  uploadMediaFiles(input: $input) { mediaFile { originalFilename } userErrors { code field } }
}`;
const nothing = { rows: 0, files: [] };

let cms: RunningCms;
let jpeg: Uint8Array<ArrayBuffer>;
let storageFails = false;
beforeAll(async () => {
  jpeg = await drawJpeg(200, 200);
  cms = await runCms({ uploadMaxBytes: MAX_BYTES, failing: () => storageFails });
});
afterAll(() => cms.close());

const upload = (bytes: Uint8Array<ArrayBuffer>, name: string, type: string, details: object = {}) =>
  cms.graphql(
    UPLOAD,
    { input: { file: null, details } },
    { files: { 'variables.input.file': new File([bytes], name, { type }) } },
  );

const bytesOf = (size: number) => new Uint8Array(size).fill(1);

test.each([
  ['an empty file', () => bytesOf(0), 'a.jpg', 'image/jpeg', 'EMPTY_FILE'],
  [
    'one byte over the limit',
    () => bytesOf(MAX_BYTES + 1),
    'a.jpg',
    'image/jpeg',
    'FILE_TOO_LARGE',
  ],
  ['far over the limit', () => bytesOf(MAX_BYTES * 5), 'a.jpg', 'image/jpeg', 'FILE_TOO_LARGE'],
  [
    'a file that is not an image',
    () => bytesOf(500),
    'a.bin',
    'application/octet-stream',
    'UNSUPPORTED_TYPE',
  ],
  ['a wrong extension', () => jpeg, 'a.png', 'image/png', 'TYPE_MISMATCH'],
  ['half a JPEG', () => jpeg.slice(0, jpeg.length / 2), 'a.jpg', 'image/jpeg', 'CORRUPT_FILE'],
  ['a file without a name', () => jpeg, '\u202E', 'image/jpeg', 'INVALID'],
])('rejects %s and leaves nothing', async (_what, bytes, name, type, code) => {
  const { data } = await upload(bytes(), name, type);
  expect(data!.uploadMedia).toMatchObject({
    mediaFile: null,
    reused: false,
    userErrors: [{ code, field: ['input', 'file'] }],
  });
  expect(data!.uploadMedia.userErrors).toHaveLength(1);
  expect(await cms.traces()).toEqual(nothing);
});

test('reports invalid details before storing anything', async () => {
  cms.store.statements.length = 0;
  const { data } = await upload(jpeg, 'a.jpg', 'image/jpeg', { folder: '../x', tags: ['a,b'] });
  expect(data!.uploadMedia.userErrors).toMatchObject([
    { code: 'INVALID', field: ['input', 'details', 'folder'] },
    { code: 'INVALID', field: ['input', 'details', 'tags'] },
  ]);
  expect(cms.store.statements).toEqual([]);
  expect(await cms.traces()).toEqual(nothing);
});

test('responds to a missing token before the body arrives', async () => {
  const outgoing = sendUpload('Bearer nonsense');
  outgoing.write(partsUpTo(new Uint8Array(0), UPLOAD));
  const [response] = await once(outgoing, 'response');
  expect(response.statusCode).toBe(401);
  outgoing.destroy();
  expect(await cms.traces()).toEqual(nothing);
});

test('a client that disconnects halfway leaves nothing', async () => {
  const outgoing = sendUpload(await cms.authorization());
  outgoing.on('error', () => {});
  outgoing.write(partsUpTo(HALF_WAY, UPLOAD));
  await vi.waitUntil(async () => (await cms.traces()).files.length > 0);
  outgoing.destroy();
  await vi.waitUntil(async () => (await cms.traces()).rows === 0);
  expect(await cms.traces()).toEqual(nothing);
});

test('reports a truncated body and leaves nothing', async () => {
  const outgoing = sendUpload(await cms.authorization());
  outgoing.write(partsUpTo(HALF_WAY, UPLOAD));
  await vi.waitUntil(async () => (await cms.traces()).files.length > 0);
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  const { data } = JSON.parse(Buffer.concat(await response.toArray()).toString());
  expect(data.uploadMedia.userErrors).toMatchObject([
    { code: 'UPLOAD_INCOMPLETE', field: ['input', 'file'] },
  ]);
  expect(await cms.traces()).toEqual(nothing);
});

test('an error of the storage is internal, without details', async () => {
  storageFails = true;
  try {
    const { data, errors } = await upload(jpeg, 'a.jpg', 'image/jpeg');
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(JSON.stringify(errors)).not.toContain('disk');
    expect(await cms.traces()).toEqual(nothing);
  } finally {
    storageFails = false;
  }
});

test('several files succeed or fail separately, in any order', async () => {
  const names = ['one.jpg', 'details.jpg', 'liar.png', 'big.jpg', 'five.jpg'];
  const files = names.map(
    (name) => new File([name === 'big.jpg' ? bytesOf(MAX_BYTES + 1) : jpeg], name),
  );
  const input = names.map((name) => ({
    file: null,
    details: { folder: name === 'details.jpg' ? '..' : 'holiday' },
  }));
  const backwards = files
    .map((file, index) => [`variables.input.${index}.file`, file] as const)
    .toReversed();
  const { data, errors } = await cms.graphql(
    UPLOAD_FILES,
    { input },
    { files: Object.fromEntries(backwards) },
  );
  expect(errors).toBeUndefined();
  const taken = (originalFilename: string) => ({ mediaFile: { originalFilename }, userErrors: [] });
  const refused = (code: string, ...field: string[]) => ({
    mediaFile: null,
    userErrors: [{ code, field: ['input', ...field] }],
  });
  expect(data!.uploadMediaFiles).toEqual([
    taken('one.jpg'),
    refused('INVALID', '1', 'details', 'folder'),
    refused('TYPE_MISMATCH', '2', 'file'),
    refused('FILE_TOO_LARGE', '3', 'file'),
    taken('five.jpg'),
  ]);
  const { files: left } = await cms.traces();
  expect(left).toHaveLength(2);
});

test('an internal error of one file does not hide the others', async () => {
  const before = await cms.store.count('media_files');
  storageFails = true;
  try {
    const files = { 'variables.input.0.file': new File([jpeg], 'a.jpg') };
    const { data } = await cms.graphql(UPLOAD_FILES, { input: [{ file: null }] }, { files });
    expect(data!.uploadMediaFiles).toEqual([
      {
        mediaFile: null,
        userErrors: [{ code: 'UPLOAD_INCOMPLETE', field: ['input', '0', 'file'] }],
      },
    ]);
  } finally {
    storageFails = false;
  }
  expect(await cms.store.count('media_files')).toBe(before);
  expect(await cms.store.count("uploads WHERE state <> 'DONE'")).toBe(0);
});

function sendUpload(authorization: string) {
  return request(`${cms.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization,
      'apollo-require-preflight': 'true',
      'content-type': MULTIPART_TYPE,
    },
  });
}
