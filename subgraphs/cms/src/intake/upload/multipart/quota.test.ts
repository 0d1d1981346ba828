import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { MULTIPART_TYPE, partsUpTo } from '../testing/multipart-body.ts';

const SETTING = 100_000;
/** More than all buffers on the way, so that reading has started. */
const HALF_WAY = new Uint8Array(1_000_000);
const UPLOAD = `mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) { mediaFile { id } userErrors { code field } }
}`;
const UPLOAD_FILES = `mutation ($input: [UploadMediaInput!]!) {
  uploadMediaFiles(input: $input) { mediaFile { id } userErrors { code field } }
}`;
const TRASH = `mutation ($id: ID!) { deleteMedia(input: { id: $id }) { userErrors { code } } }`;
const PURGE = `mutation ($id: ID!) { purgeMedia(input: { id: $id }) { purgedId userErrors { code } } }`;
const OVER = {
  mediaFile: null,
  reused: false,
  userErrors: [{ code: 'QUOTA_EXCEEDED', field: ['input', 'file'] }],
};

let cms: RunningCms;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms({ storeQuotaBytes: SETTING });
  bytes = await drawJpeg();
});
afterAll(() => cms.close());

async function quota(storeId: string) {
  const { data } = await cms.graphql(
    '{ mediaQuota { usedBytes limitBytes fileCount } }',
    {},
    { storeId },
  );
  return data!['mediaQuota'];
}

/** Sets the limit of a store, possibly before its first file. */
const limit = (storeId: string, quotaBytes: number | null) =>
  cms.store.pool.query(
    `INSERT INTO stores (id, quota_bytes) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET quota_bytes = excluded.quota_bytes`,
    [storeId, quotaBytes],
  );

/** What the store really contains, whatever was counted. */
async function held(storeId: string) {
  const { rows } = await cms.store.pool.query(
    `SELECT coalesce(sum(file_size), 0)::int AS bytes, count(DISTINCT media_id)::int AS files
     FROM media_contents WHERE store_id = $1`,
    [storeId],
  );
  return rows[0];
}

test('of twenty concurrent uploads exactly seven fit, and the rest leave nothing', async () => {
  await limit('seven', bytes.length * 8 - 1);
  const before = await cms.traces();
  const results = await Promise.all(
    Array.from({ length: 20 }, () => cms.upload(bytes, { storeId: 'seven' })),
  );
  const refused = results.filter(({ mediaFile }) => !mediaFile);
  expect(refused).toHaveLength(13);
  for (const result of refused) expect(result).toMatchObject(OVER);

  const full = { usedBytes: bytes.length * 7, limitBytes: bytes.length * 8 - 1, fileCount: 7 };
  expect(await quota('seven')).toEqual(full);
  expect(await held('seven')).toEqual({ bytes: bytes.length * 7, files: 7 });
  const after = await cms.traces();
  expect(after.files).toHaveLength(before.files.length + 7);
  expect(after.files.filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(await cms.store.count("uploads WHERE store_id = 'seven'")).toBe(7);
  expect(await cms.store.count("audit_entries WHERE store_id = 'seven'")).toBe(7);
});

test('twenty files in one request get separate errors', async () => {
  await limit('one-request', bytes.length * 7);
  const parts = Array.from({ length: 20 }, (_none, index) => [
    `variables.input.${index}.file`,
    new File([bytes], 'a.jpg', { type: 'image/jpeg' }),
  ]);
  const { data } = await cms.graphql(
    UPLOAD_FILES,
    { input: parts.map(() => ({ file: null })) },
    { storeId: 'one-request', files: Object.fromEntries(parts) },
  );
  const results: { mediaFile: object | null; userErrors: object[] }[] = data!['uploadMediaFiles'];
  expect(results.filter(({ mediaFile }) => mediaFile)).toHaveLength(7);
  for (const [index, { mediaFile, userErrors }] of results.entries()) {
    const over = { code: 'QUOTA_EXCEEDED', field: ['input', `${index}`, 'file'] };
    expect(userErrors).toEqual(mediaFile ? [] : [over]);
  }
  expect(await quota('one-request')).toMatchObject({ usedBytes: bytes.length * 7, fileCount: 7 });
});

test.each([
  ['with one key', { idempotencyKey: 'at once' }],
  ['with REUSE', { onDuplicate: 'REUSE' }],
])('eight concurrent uploads %s with space for one all get the file', async (how, input) => {
  const storeId = how.replaceAll(' ', '-');
  await limit(storeId, bytes.length);
  const results = await Promise.all(
    Array.from({ length: 8 }, () => cms.upload(bytes, { input, storeId })),
  );
  const [{ mediaFile }] = results;
  for (const result of results) expect(result).toMatchObject({ mediaFile, userErrors: [] });
  expect(await held(storeId)).toEqual({ bytes: bytes.length, files: 1 });
});

test('the quota of a new store is exact with concurrent uploads', async () => {
  const big = await drawJpeg(300, 200);
  const fits = Math.floor(SETTING / big.length);
  expect(fits).toBeGreaterThan(0);
  const results = await Promise.all(
    Array.from({ length: fits + 4 }, () => cms.upload(big, { storeId: 'fresh' })),
  );
  expect(results.filter(({ mediaFile }) => mediaFile)).toHaveLength(fits);
  expect(await quota('fresh')).toEqual({
    usedBytes: big.length * fits,
    limitBytes: SETTING,
    fileCount: fits,
  });
});

test('the last byte of a quota can be used, and not one more', async () => {
  await limit('exact', bytes.length);
  expect(await cms.upload(bytes, { storeId: 'exact' })).toMatchObject({ userErrors: [] });
  await limit('one-short', bytes.length - 1);
  expect(await cms.upload(bytes, { storeId: 'one-short' })).toMatchObject(OVER);
  expect(await held('one-short')).toEqual({ bytes: 0, files: 0 });
});

test('the limit of a store overrides the setting, higher or lower', async () => {
  const big = await drawJpeg(900, 700);
  expect(big.length).toBeGreaterThan(SETTING);
  expect(await cms.upload(big, { storeId: 'own' })).toMatchObject(OVER);
  await limit('own', big.length);
  expect(await cms.upload(big, { storeId: 'own' })).toMatchObject({ userErrors: [] });
  await limit('own', 0);
  expect(await cms.upload(bytes, { storeId: 'own' })).toMatchObject(OVER);
  expect(await quota('own')).toEqual({ usedBytes: big.length, limitBytes: 0, fileCount: 1 });
  await limit('own', null);
  expect(await quota('own')).toMatchObject({ limitBytes: SETTING });
  expect(await cms.upload(bytes, { storeId: 'own' })).toMatchObject(OVER);
});

test('stops a file that does not fit while it is being sent', async () => {
  await limit('streaming', 1000);
  const before = await cms.traces();
  cms.verified.length = 0;
  const outgoing = request(`${cms.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: await cms.authorization({ storeId: 'streaming' }),
      'apollo-require-preflight': 'true',
      'content-type': MULTIPART_TYPE,
    },
  });
  outgoing.on('error', () => {});
  // The rest is never sent.
  outgoing.write(partsUpTo(HALF_WAY, UPLOAD));
  const [response] = await once(outgoing, 'response');
  const { data } = JSON.parse(Buffer.concat(await response.toArray()).toString());
  outgoing.destroy();
  expect(data.uploadMedia.userErrors).toEqual(OVER.userErrors);
  expect(cms.verified).toEqual([]);
  expect(await cms.traces()).toEqual(before);
});

test('a full store returns the first result to a retry, and an existing file to REUSE', async () => {
  const input = { idempotencyKey: 'full' };
  await limit('full', bytes.length);
  const first = await cms.upload(bytes, { input, storeId: 'full' });
  expect(first).toMatchObject({ userErrors: [] });
  expect(await cms.upload(bytes, { input, storeId: 'full' })).toEqual(first);
  const reused = await cms.upload(bytes, { input: { onDuplicate: 'REUSE' }, storeId: 'full' });
  expect(reused).toMatchObject({ reused: true, mediaFile: first.mediaFile });

  const before = await cms.traces();
  const other = await drawJpeg();
  const others = [{ idempotencyKey: 'other' }, { onDuplicate: 'REUSE' }, {}];
  for (const given of others) {
    expect(await cms.upload(other, { input: given, storeId: 'full' })).toMatchObject(OVER);
  }
  expect(await cms.traces()).toEqual(before);
  expect(await quota('full')).toMatchObject({ usedBytes: bytes.length, fileCount: 1 });
});

test('the trash counts until it is purged, and other stores are not affected', async () => {
  const empty = { usedBytes: 0, limitBytes: SETTING, fileCount: 0 };
  const one = { usedBytes: bytes.length, limitBytes: SETTING, fileCount: 1 };
  expect(await quota('life')).toEqual(empty);
  expect(await cms.store.count("stores WHERE id = 'life'")).toBe(0);
  const { mediaFile } = await cms.upload(bytes, { storeId: 'life' });
  await cms.upload(bytes, { storeId: 'neighbour' });
  expect(await quota('life')).toEqual(one);
  await cms.graphql(TRASH, { id: mediaFile.id }, { storeId: 'life' });
  expect(await quota('life')).toEqual(one);

  const theirs = await cms.graphql(PURGE, { id: mediaFile.id }, { storeId: 'neighbour' });
  expect(theirs.data!['purgeMedia'].purgedId).toBeNull();
  expect(await quota('life')).toEqual(one);
  const { data } = await cms.graphql(PURGE, { id: mediaFile.id }, { storeId: 'life' });
  expect(data!['purgeMedia']).toEqual({ purgedId: mediaFile.id, userErrors: [] });
  expect(await quota('life')).toEqual(empty);
  expect(await quota('neighbour')).toEqual(one);
});
