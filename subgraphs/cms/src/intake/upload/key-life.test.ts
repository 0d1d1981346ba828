import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { createOtherProcess } from './testing/other-process.ts';

const PURGE = `mutation ($id: ID!) {
  deleteMedia(input: { id: $id }) { userErrors { code } }
  purgeMedia(input: { id: $id }) { purgedId userErrors { code } }
}`;

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

let given = 0;
const newKey = () => `key ${(given += 1)}`;
const keyed = (idempotencyKey: string) => ({ input: { idempotencyKey } });

const age = (key: string, interval: string) =>
  cms.store.pool.query(
    'UPDATE idempotency_keys SET created_at = now() - $2::interval WHERE key = $1',
    [key, interval],
  );

test.each([
  ['no characters', ''],
  ['256 characters', 'k'.repeat(256)],
  ['256 characters beyond the basic plane', '🔑'.repeat(256)],
  ['a NUL', 'a\0b'],
  ['a line break', 'a\r\nb'],
  ['half a character', 'a\uD800'],
])('rejects a key with %s before storing anything', async (_what, idempotencyKey) => {
  const bytes = await drawJpeg();
  const before = await cms.traces();
  cms.verified.length = 0;
  expect(await cms.upload(bytes, keyed(idempotencyKey))).toMatchObject({
    mediaFile: null,
    reused: false,
    userErrors: [{ code: 'INVALID', field: ['input', 'idempotencyKey'] }],
  });
  expect(cms.verified).toEqual([]);
  expect(await cms.traces()).toEqual(before);
});

test.each([
  ['one character', 'k'],
  ['255 characters', 'k'.repeat(255)],
  ['255 characters beyond the basic plane', '🔑'.repeat(255)],
  ['nothing, which means no key', null],
])('accepts a key of %s', async (_what, idempotencyKey) => {
  const result = await cms.upload(await drawJpeg(), { input: { idempotencyKey } });
  expect(result).toMatchObject({ mediaFile: {}, userErrors: [] });
});

test('keys differ by every character, and each store has its own', async () => {
  const bytes = await drawJpeg();
  const key = newKey();
  const { mediaFile } = await cms.upload(bytes, keyed(key));
  const results = [
    await cms.upload(bytes, keyed(key.toUpperCase())),
    await cms.upload(bytes, keyed(`${key} `)),
    await cms.upload(bytes, { ...keyed(key), storeId: 'theirs' }),
    await cms.upload(await drawJpeg(), { ...keyed(newKey()), storeId: 'theirs' }),
  ];
  for (const result of results) {
    expect(result).toMatchObject({ reused: false, userErrors: [] });
    expect(result.mediaFile.id).not.toBe(mediaFile.id);
  }
  expect(await cms.upload(await drawJpeg(), { ...keyed(key), storeId: 'theirs' })).toMatchObject({
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH' }],
  });
});

test('a rejected upload does not use its key', async () => {
  const taken = await drawJpeg();
  await cms.upload(taken, { storeId: 'refusing' });
  await cms.store.pool.query("UPDATE stores SET quota_bytes = used_bytes WHERE id = 'refusing'");
  const bytes = await drawJpeg();
  const input = { idempotencyKey: newKey(), onDuplicate: 'REJECT' };
  const refusals = [
    await cms.upload(bytes.slice(0, bytes.length / 2), { input, storeId: 'refusing' }),
    await cms.upload(taken, { input, storeId: 'refusing' }),
    await cms.upload(bytes, { input, storeId: 'refusing' }),
  ];
  const codes = refusals.map(({ userErrors }) => userErrors[0].code);
  expect(codes).toEqual(['CORRUPT_FILE', 'DUPLICATE', 'QUOTA_EXCEEDED']);
  expect(await cms.store.count("idempotency_keys WHERE store_id = 'refusing'")).toBe(0);

  await cms.store.pool.query("UPDATE stores SET quota_bytes = NULL WHERE id = 'refusing'");
  const first = await cms.upload(bytes, { input, storeId: 'refusing' });
  expect(first).toMatchObject({ reused: false, userErrors: [] });
  expect(await cms.upload(bytes, { input, storeId: 'refusing' })).toEqual(first);
});

test('a retry finds a file whose response was lost', async () => {
  const bytes = await drawJpeg();
  const key = newKey();
  const { pool } = cms.store;
  const query = Reflect.get(pool, 'query');
  Reflect.set(pool, 'query', async (...asked: [{ name?: string }]) => {
    const result = await Reflect.apply(query, pool, asked);
    if (asked[0].name === 'commit-upload') throw new Error('connection lost');
    return result;
  });
  await expect(cms.upload(bytes, keyed(key))).rejects.toThrow('INTERNAL');
  Reflect.set(pool, 'query', query);
  const before = await cms.traces();
  const again = await cms.upload(bytes, keyed(key));
  expect(again).toMatchObject({ reused: false, userErrors: [] });
  expect(await cms.traces()).toEqual(before);
  expect((await fetch(again.mediaFile.url)).status).toBe(200);
});

test('a retry reports a file purged in the meantime instead of creating it again', async () => {
  const bytes = await drawJpeg();
  const key = newKey();
  const { mediaFile } = await cms.upload(bytes, keyed(key));
  const { data } = await cms.graphql(PURGE, { id: mediaFile.id });
  expect(data!['purgeMedia']).toEqual({ purgedId: mediaFile.id, userErrors: [] });
  const before = await cms.store.count('media_files');
  const again = await cms.upload(bytes, keyed(key));
  expect(again).toMatchObject({
    mediaFile: null,
    reused: false,
    userErrors: [{ code: 'NOT_FOUND', field: ['input', 'idempotencyKey'] }],
  });
  expect(await cms.upload(await drawJpeg(), keyed(key))).toMatchObject({
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH' }],
  });
  expect(await cms.store.count('media_files')).toBe(before);
});

test('a key is kept for a day and can then be used again', async () => {
  const key = newKey();
  const bytes = await drawJpeg();
  const first = await cms.upload(bytes, keyed(key));
  await age(key, '23 hours 59 minutes');
  expect(await cms.upload(bytes, keyed(key))).toEqual(first);

  await age(key, '24 hours');
  const other = await drawJpeg();
  const second = await cms.upload(other, keyed(key));
  expect(second).toMatchObject({ reused: false, userErrors: [] });
  expect(await cms.upload(other, keyed(key))).toEqual(second);
  expect(await cms.upload(bytes, keyed(key))).toMatchObject({
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH' }],
  });
});

test('eight concurrent uploads with an expired key create one file', async () => {
  const key = newKey();
  await cms.upload(await drawJpeg(), keyed(key));
  await age(key, '2 days');
  const bytes = await drawJpeg();
  const results = await Promise.all(Array.from({ length: 8 }, () => cms.upload(bytes, keyed(key))));
  for (const result of results) expect(result).toEqual(results[0]);
});

test('recovery deletes keys after a day, and no others', async () => {
  const [old, young] = [newKey(), newKey()];
  const bytes = await drawJpeg();
  for (const key of [old, young]) await cms.upload(bytes, keyed(key));
  await age(old, '24 hours 1 minute');
  await age(young, '23 hours 59 minutes');

  await createOtherProcess(cms).recover();
  const { rows } = await cms.store.pool.query(
    'SELECT key FROM idempotency_keys WHERE key = ANY($1::text[])',
    [[old, young]],
  );
  expect(rows).toEqual([{ key: young }]);
});
