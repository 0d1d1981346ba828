import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';

const TRASH = `mutation ($id: ID!) { deleteMedia(input: { id: $id }) { userErrors { code } } }`;
const RESTORE = `mutation ($id: ID!) { restoreMedia(input: { id: $id }) { userErrors { code } } }`;
const DUPLICATE = {
  mediaFile: null,
  reused: false,
  userErrors: [{ code: 'DUPLICATE', field: ['input', 'file'] }],
};

let cms: RunningCms;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms();
});
beforeEach(async () => {
  bytes = await drawJpeg();
});
afterAll(() => cms.close());

const twentyTimes = (input: object) =>
  Promise.all(Array.from({ length: 20 }, () => cms.upload(bytes, { input })));

/** One file exactly: its object, its rows and its size. */
async function expectOneMore(before: Awaited<ReturnType<typeof traces>>) {
  const after = await traces();
  expect(after.files).toHaveLength(before.files.length + 1);
  expect(after.files.filter((name) => name.endsWith('.part'))).toEqual([]);
  const { files, contents, audited, usedBytes } = before;
  expect(after).toEqual({
    files: expect.arrayContaining(files),
    media: before.media + 1,
    contents: contents + 1,
    audited: audited + 1,
    unsettled: 0,
    usedBytes: usedBytes + bytes.length,
  });
}

async function traces() {
  const { files } = await cms.traces();
  const { data } = await cms.graphql('{ mediaQuota { usedBytes } }');
  return {
    files,
    media: await cms.store.count('media_files'),
    contents: await cms.store.count('media_contents'),
    audited: await cms.store.count('audit_entries'),
    unsettled: await cms.store.count("uploads WHERE state <> 'DONE'"),
    usedBytes: data!['mediaQuota'].usedBytes,
  };
}

test('twenty concurrent uploads with REUSE are one file, reused nineteen times', async () => {
  const before = await traces();
  const results = await twentyTimes({ onDuplicate: 'REUSE' });
  const first = results.find(({ reused }) => !reused);
  for (const { mediaFile, userErrors } of results) {
    expect({ mediaFile, userErrors }).toEqual({ mediaFile: first.mediaFile, userErrors: [] });
  }
  expect(results.filter(({ reused }) => reused)).toHaveLength(19);
  await expectOneMore(before);
});

test('twenty concurrent uploads with REJECT are one file and nineteen errors', async () => {
  const before = await traces();
  const results = await twentyTimes({ onDuplicate: 'REJECT' });
  const taken = results.filter(({ mediaFile }) => mediaFile);
  expect(taken).toMatchObject([{ reused: false, userErrors: [] }]);
  const refused = results.filter((result) => result !== taken[0]);
  expect(refused).toHaveLength(19);
  for (const result of refused) expect(result).toMatchObject(DUPLICATE);
  await expectOneMore(before);
});

test('concurrent uploads with REUSE and REJECT create one file', async () => {
  const before = await traces();
  const policies = ['REUSE', 'REJECT', 'REUSE', 'REJECT', 'REUSE', 'REJECT'];
  const results = await Promise.all(
    policies.map((onDuplicate) => cms.upload(bytes, { input: { onDuplicate } })),
  );
  const made = results.filter(({ mediaFile, reused }) => mediaFile && !reused);
  expect(made).toHaveLength(1);
  for (const [index, result] of results.entries()) {
    if (result === made[0]) continue;
    if (policies[index] === 'REJECT') expect(result).toMatchObject(DUPLICATE);
    else expect(result).toMatchObject({ reused: true, mediaFile: { id: made[0].mediaFile.id } });
  }
  await expectOneMore(before);
});

test('twenty concurrent uploads with ALLOW are twenty files', async () => {
  const results = await twentyTimes({ onDuplicate: 'ALLOW' });
  expect(new Set(results.map(({ mediaFile }) => mediaFile.id)).size).toBe(20);
  expect(results.filter(({ reused }) => reused)).toEqual([]);
});

test('the error names the existing file', async () => {
  const { mediaFile } = await cms.upload(bytes);
  const { userErrors } = await cms.upload(bytes, { input: { onDuplicate: 'REJECT' } });
  expect(userErrors[0].message).toContain(mediaFile.id);
});

test('reuses the oldest of several files with the same bytes', async () => {
  const { mediaFile } = await cms.upload(bytes);
  await cms.upload(bytes);
  const reused = await cms.upload(bytes, { input: { onDuplicate: 'REUSE' } });
  expect(reused).toMatchObject({ reused: true, mediaFile: { id: mediaFile.id } });
});

test('does not change a reused file, whatever the input', async () => {
  const details = { altText: 'First', folder: 'one', tags: ['one'] };
  const { mediaFile } = await cms.upload(bytes, { input: { details } });
  const other = { altText: 'Second', folder: 'two', tags: ['two'] };
  const input = { onDuplicate: 'REUSE', details: other };
  const reused = await cms.upload(bytes, { input, name: 'other.jpg' });
  expect(reused).toMatchObject({ reused: true, mediaFile });
  const { data } = await cms.graphql(
    'query ($id: ID!) { mediaFile(id: $id) { originalFilename altText folder tags version } }',
    { id: mediaFile.id },
  );
  expect(data!['mediaFile']).toEqual({ ...details, originalFilename: 'beach.jpg', version: 1 });
});

test.each([
  ['PUBLIC', 'PRIVATE'],
  ['PRIVATE', 'PUBLIC'],
])('does not reuse a %s file for a %s one, but reports it as a duplicate', async (has, wants) => {
  const first = await cms.upload(bytes, { input: { details: { visibility: has } } });
  const details = { visibility: wants };
  const rejected = await cms.upload(bytes, { input: { onDuplicate: 'REJECT', details } });
  expect(rejected).toMatchObject(DUPLICATE);
  const made = await cms.upload(bytes, { input: { onDuplicate: 'REUSE', details } });
  expect(made).toMatchObject({ reused: false, mediaFile: { visibility: wants }, userErrors: [] });
  for (const { mediaFile } of [first, made]) {
    const input = { onDuplicate: 'REUSE', details: { visibility: mediaFile.visibility } };
    expect(await cms.upload(bytes, { input })).toMatchObject({
      reused: true,
      mediaFile: { id: mediaFile.id },
    });
  }
});

test('a file in the trash is not a duplicate until it is restored', async () => {
  const { mediaFile } = await cms.upload(bytes);
  await cms.graphql(TRASH, { id: mediaFile.id });
  const again = await cms.upload(bytes, { input: { onDuplicate: 'REJECT' } });
  expect(again).toMatchObject({ reused: false, userErrors: [] });
  await cms.graphql(TRASH, { id: again.mediaFile.id });

  const { data } = await cms.graphql(RESTORE, { id: mediaFile.id });
  expect(data!['restoreMedia'].userErrors).toEqual([]);
  const reused = await cms.upload(bytes, { input: { onDuplicate: 'REUSE' } });
  expect(reused).toMatchObject({ reused: true, mediaFile: { id: mediaFile.id } });
});

test('another store has its own file with the same bytes', async () => {
  const { mediaFile } = await cms.upload(bytes);
  for (const onDuplicate of ['REJECT', 'REUSE']) {
    const theirs = await cms.upload(bytes, { input: { onDuplicate }, storeId: onDuplicate });
    expect(theirs).toMatchObject({ reused: false, userErrors: [] });
    expect(theirs.mediaFile.id).not.toBe(mediaFile.id);
  }
});
