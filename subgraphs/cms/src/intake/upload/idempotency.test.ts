import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';

const UPLOAD = `mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) { mediaFile { id } reused userErrors { code field } }
}`;
const UPLOAD_FILES = `mutation ($input: [UploadMediaInput!]!) {
  uploadMediaFiles(input: $input) { mediaFile { id } reused userErrors { code field } }
}`;
const STAGE = `mutation ($input: [StagedUploadInput!]!) {
  createStagedUploads(input: $input) { stagedUpload { id url } }
}`;
const COMPLETE = `mutation ($input: CompleteStagedUploadInput!) {
  completeStagedUpload(input: $input) { mediaFile { id } reused userErrors { code field } }
}`;
const IMPORT = `mutation ($input: ImportMediaInput!) {
  importMedia(input: $input) { mediaFile { id } reused userErrors { code field } }
}`;

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

let given = 0;
const newKey = () => `key ${(given += 1)}`;

const mismatch = {
  mediaFile: null,
  reused: false,
  userErrors: [{ code: 'IDEMPOTENCY_MISMATCH', field: ['input', 'idempotencyKey'] }],
};

/** Everything that a keyed upload can leave behind. */
const traces = async () => ({
  ...(await cms.traces()),
  keys: await cms.store.count('idempotency_keys'),
  audited: await cms.store.count('audit_entries'),
});

async function uploadFiles(files: { bytes: Uint8Array<ArrayBuffer>; idempotencyKey: string }[]) {
  const input = files.map(({ idempotencyKey }) => ({ file: null, idempotencyKey }));
  const parts = files.map(({ bytes }, index) => [
    `variables.input.${index}.file`,
    new File([bytes], 'beach.jpg', { type: 'image/jpeg' }),
  ]);
  const { data } = await cms.graphql(UPLOAD_FILES, { input }, { files: Object.fromEntries(parts) });
  return data!['uploadMediaFiles'];
}

test('the same key and input return the first result and store nothing more', async () => {
  const bytes = await drawJpeg();
  const idempotencyKey = newKey();
  const details = { altText: 'A beach', tags: ['sea'], folder: 'summer' };
  const first = await cms.upload(bytes, { input: { idempotencyKey, details } });
  expect(first).toMatchObject({ reused: false, userErrors: [] });
  const before = await traces();

  const reordered = { folder: '/summer/', tags: ['sea '], altText: 'A beach' };
  const again = await cms.upload(bytes, { input: { idempotencyKey, details: reordered } });
  expect(again).toEqual(first);
  expect(await traces()).toEqual(before);
});

test('a retry of a REUSE returns the reused file again', async () => {
  const bytes = await drawJpeg();
  const { mediaFile } = await cms.upload(bytes);
  const input = { idempotencyKey: newKey(), onDuplicate: 'REUSE' };
  const first = await cms.upload(bytes, { input });
  expect(first).toMatchObject({ reused: true, mediaFile: { id: mediaFile.id } });
  await cms.store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [
    mediaFile.id,
  ]);
  const before = await traces();
  const again = await cms.upload(bytes, { input });
  expect(again).toMatchObject({ reused: true, mediaFile: { id: mediaFile.id }, userErrors: [] });
  expect(await traces()).toEqual(before);
});

test('a retry of an upload that created a file returns it as created, under any policy', async () => {
  for (const onDuplicate of ['REUSE', 'REJECT']) {
    const bytes = await drawJpeg();
    const input = { idempotencyKey: newKey(), onDuplicate };
    const first = await cms.upload(bytes, { input });
    expect(first).toMatchObject({ reused: false, userErrors: [] });
    expect(await cms.upload(bytes, { input }), onDuplicate).toEqual(first);
  }
});

test('any other input is a mismatch and is not stored', async () => {
  const bytes = await drawJpeg();
  const idempotencyKey = newKey();
  const details = { altText: 'A beach' };
  const input = { idempotencyKey, details };
  await cms.upload(bytes, { input });
  const before = await traces();

  const others = {
    bytes: await cms.upload(await drawJpeg(), { input }),
    name: await cms.upload(bytes, { input, name: 'other.jpg' }),
    text: await cms.upload(bytes, { input: { idempotencyKey, details: { altText: 'A sea' } } }),
    'more details': await cms.upload(bytes, {
      input: { idempotencyKey, details: { ...details, tags: ['sea'] } },
    }),
    'no details': await cms.upload(bytes, { input: { idempotencyKey } }),
    policy: await cms.upload(bytes, { input: { ...input, onDuplicate: 'REUSE' } }),
  };
  for (const [what, result] of Object.entries(others)) {
    expect(result, what).toMatchObject(mismatch);
  }
  const [asOneOfMany] = await uploadFiles([{ bytes, idempotencyKey }]);
  const field = ['input', '0', 'idempotencyKey'];
  expect(asOneOfMany).toMatchObject({
    ...mismatch,
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH', field }],
  });
  expect(await traces()).toEqual(before);
});

test('another input is a mismatch even if its bytes are invalid', async () => {
  const bytes = await drawJpeg();
  const input = { idempotencyKey: newKey() };
  await cms.upload(bytes, { input });
  const before = await traces();
  const results = [
    await cms.upload(bytes.slice(0, bytes.length / 2), { input }),
    await cms.upload(bytes, { input, name: 'beach.png' }),
  ];
  for (const result of results) expect(result).toMatchObject(mismatch);
  expect(await traces()).toEqual(before);
});

test('the content type of the part is not a part of the input', async () => {
  const bytes = await drawJpeg();
  const input = { file: null, idempotencyKey: newKey() };
  const results = [];
  for (const type of ['image/jpeg', 'application/octet-stream', '']) {
    const file = new File([bytes], 'beach.jpg', { type });
    const files = { 'variables.input.file': file };
    const { data } = await cms.graphql(UPLOAD, { input }, { files });
    results.push(data!['uploadMedia']);
  }
  expect(results[0]).toMatchObject({ reused: false, userErrors: [] });
  expect(results.slice(1)).toEqual([results[0], results[0]]);
});

test('eight concurrent uploads of the same input create one file', async () => {
  const bytes = await drawJpeg();
  const before = await traces();
  const input = { idempotencyKey: newKey() };
  const results = await Promise.all(Array.from({ length: 8 }, () => cms.upload(bytes, { input })));
  expect(results[0]).toMatchObject({ reused: false, userErrors: [] });
  for (const result of results) expect(result).toEqual(results[0]);
  const after = await traces();
  expect(after.files).toHaveLength(before.files.length + 1);
  expect([after.keys, after.audited]).toEqual([before.keys + 1, before.audited + 1]);
  expect(await cms.store.count("uploads WHERE state <> 'DONE'")).toBe(0);
});

test('two concurrent uploads of different bytes are one file and one mismatch', async () => {
  const both = [await drawJpeg(), await drawJpeg()];
  const before = await traces();
  const input = { idempotencyKey: newKey() };
  const results = await Promise.all(both.map((bytes) => cms.upload(bytes, { input })));
  const refused = results.find(({ mediaFile }) => mediaFile === null);
  expect(refused).toMatchObject(mismatch);
  expect(results.filter(({ mediaFile }) => mediaFile)).toHaveLength(1);
  expect((await traces()).files).toHaveLength(before.files.length + 1);
});

test('the same key twice in one request is one file or one mismatch', async () => {
  const bytes = await drawJpeg();
  const [one, two] = [newKey(), newKey()];
  const before = await traces();
  const [first, again] = await uploadFiles([
    { bytes, idempotencyKey: one },
    { bytes, idempotencyKey: one },
  ]);
  expect(first).toMatchObject({ reused: false, userErrors: [] });
  expect(again).toEqual(first);

  const results = await uploadFiles([
    { bytes, idempotencyKey: two },
    { bytes: await drawJpeg(), idempotencyKey: two },
  ]);
  const refused = results.findIndex((result: typeof first) => result.mediaFile === null);
  expect(results[1 - refused]).toMatchObject({ mediaFile: {}, userErrors: [] });
  const field = ['input', `${refused}`, 'idempotencyKey'];
  expect(results[refused].userErrors).toEqual([{ code: 'IDEMPOTENCY_MISMATCH', field }]);
  expect((await traces()).files).toHaveLength(before.files.length + 2);
});

test('a key of one way to upload is used for all others', async () => {
  const bytes = await drawJpeg();
  const idempotencyKey = newKey();
  await cms.upload(bytes, { input: { idempotencyKey } });
  const staged = { filename: 'beach.jpg', mimeType: 'image/jpeg', fileSize: bytes.length };
  const { data } = await cms.graphql(STAGE, { input: [staged] });
  const [{ stagedUpload }] = data!['createStagedUploads'];
  const put = await fetch(stagedUpload.url, { method: 'PUT', body: bytes });
  expect(put.status).toBe(200);
  const before = await cms.store.count('media_files');

  const input = { id: stagedUpload.id, idempotencyKey };
  const completed = await cms.graphql(COMPLETE, { input });
  expect(completed.data!['completeStagedUpload']).toEqual(mismatch);
  const url = 'https://source.test/beach.jpg';
  const imported = await cms.graphql(IMPORT, { input: { url, idempotencyKey } });
  expect(imported.data!['importMedia']).toEqual(mismatch);
  expect(await cms.store.count('media_files')).toBe(before);

  const withoutKey = await cms.graphql(COMPLETE, { input: { id: stagedUpload.id } });
  expect(withoutKey.data!['completeStagedUpload']).toMatchObject({
    mediaFile: { id: stagedUpload.id },
    userErrors: [],
  });
});
