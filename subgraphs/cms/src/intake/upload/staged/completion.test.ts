import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

const UNKNOWN = '01890000-0000-7000-8000-000000000000';

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
let storageFails = false;
beforeAll(async () => {
  cms = await runCms({ failing: () => storageFails });
  client = createStagedClient(cms);
});
beforeEach(async () => {
  jpeg = await drawJpeg();
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE');
});
afterAll(() => cms.close());

const files = async () => (await cms.traces()).files;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const refusedWith = (code: string, ...field: string[]) => ({
  mediaFile: null,
  reused: false,
  userErrors: [{ code, field: ['input', ...field] }],
});

/** Bytes that are staged for completion. */
async function sent(bytes = jpeg, given: object = {}, storeId = 'ours') {
  const upload = await client.stage(bytes, given, storeId);
  expect((await client.put(upload.url, bytes)).status).toBe(200);
  return upload;
}
const expire = (id: string) =>
  cms.store.pool.query('UPDATE uploads SET expires_at = now() WHERE id = $1', [id]);
const bytesOf = async (fileId: string) => {
  const { rows } = await cms.store.pool.query('SELECT file_path FROM media_files WHERE id = $1', [
    fileId,
  ]);
  const name = rows[0].file_path.split('/').at(-1);
  return (await files()).filter((file) => file === name);
};

test('responds with NOT_FOUND to an unknown upload, one of another store and an invalid id', async () => {
  const { id } = await sent();
  const { mediaFile } = await cms.upload(await drawJpeg());
  expect(await client.complete({ id }, 'theirs')).toMatchObject(refusedWith('NOT_FOUND', 'id'));
  for (const other of [UNKNOWN, mediaFile.id, '', 'x', `${id}\0`, `${id} `, 'a'.repeat(10_000)]) {
    expect(await client.complete({ id: other })).toMatchObject(refusedWith('NOT_FOUND', 'id'));
  }
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('accepts an id in capitals', async () => {
  const { id } = await sent();
  const { mediaFile } = await client.complete({ id: id.toUpperCase() });
  expect(mediaFile).toMatchObject({ id });
  expect(await bytesOf(id)).toHaveLength(1);
});

test('is incomplete before the bytes have arrived, and expired afterwards', async () => {
  const { id, url } = await client.stage(jpeg);
  expect(await client.complete({ id })).toMatchObject(refusedWith('UPLOAD_INCOMPLETE', 'id'));
  await client.put(url, jpeg);
  await expire(id);
  expect(await client.complete({ id })).toMatchObject(refusedWith('UPLOAD_EXPIRED', 'id'));
  expect((await client.put(url, jpeg)).status).toBe(409);
  const never = await client.stage(jpeg);
  await expire(never.id);
  expect(await client.complete({ id: never.id })).toMatchObject(
    refusedWith('UPLOAD_EXPIRED', 'id'),
  );
  expect(await cms.store.count('media_files')).toBe(0);
});

test('completing again returns the same file, also concurrently and after expiry', async () => {
  const { id } = await sent();
  const details = { folder: 'holiday' };
  const results = await Promise.all(
    Array.from({ length: 5 }, () => client.complete({ id, details })),
  );
  const [first] = results;
  expect(first).toMatchObject({ mediaFile: { id, folder: 'holiday' }, userErrors: [] });
  for (const result of results) expect(result).toEqual(first);
  await expire(id);
  expect(
    await client.complete({ id, details: { folder: 'other' }, onDuplicate: 'REJECT' }),
  ).toEqual(first);
  expect(await cms.store.count('media_files')).toBe(1);
});

test('rejects invalid bytes again, and accepts others instead', async () => {
  const broken = new Uint8Array(jpeg).fill(0, 200);
  const { id, url } = await sent(broken);
  const first = await client.complete({ id });
  expect(first).toMatchObject({ mediaFile: null, userErrors: [{ field: ['input', 'id'] }] });
  expect(['CORRUPT_FILE', 'TYPE_MISMATCH', 'UNSUPPORTED_TYPE']).toContain(first.userErrors[0].code);
  expect(await client.complete({ id })).toEqual(first);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id, checksum: sha256(jpeg) });
});

test('concurrent completions of invalid bytes all get the error', async () => {
  const lie = await sent(jpeg, { filename: 'a.png', mimeType: 'image/png' });
  const results = await Promise.all(
    Array.from({ length: 6 }, () => client.complete({ id: lie.id })),
  );
  for (const result of results) {
    expect(result).toMatchObject(refusedWith('TYPE_MISMATCH', 'id'));
  }
});

test('waits for a concurrent cleanup instead of reporting expiry', async () => {
  const { id } = await sent();
  const become = (state: string) =>
    cms.store.pool.query('UPDATE uploads SET state = $2 WHERE id = $1', [id, state]);
  await become('ABANDONED');
  cms.store.statements.length = 0;
  const result = client.complete({ id });
  await vi.waitUntil(() => cms.store.statements.length > 0);
  await become('STAGED');
  expect((await result).mediaFile).toMatchObject({ id });
});

test('reports invalid details and leaves the upload unchanged', async () => {
  const { id } = await sent();
  const details = { folder: '../x', tags: ['a,b'] };
  expect(await client.complete({ id, details, idempotencyKey: '' })).toMatchObject({
    mediaFile: null,
    userErrors: [
      { code: 'INVALID', field: ['input', 'details', 'folder'] },
      { code: 'INVALID', field: ['input', 'details', 'tags'] },
      { code: 'INVALID', field: ['input', 'idempotencyKey'] },
    ],
  });
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('rejects the bytes if the store has reached its quota, and keeps the upload open', async () => {
  const { id, url } = await sent(jpeg);
  const quota = (bytes: number | null) =>
    cms.store.pool.query(
      `INSERT INTO stores (id, quota_bytes) VALUES ('ours', $1)
       ON CONFLICT (id) DO UPDATE SET quota_bytes = excluded.quota_bytes`,
      [bytes],
    );
  await quota(1);
  const before = await cms.store.count('media_files');
  expect(await client.complete({ id })).toMatchObject(refusedWith('QUOTA_EXCEEDED', 'id'));
  expect(await cms.store.count('media_files')).toBe(before);
  await quota(null);
  await client.put(url, jpeg);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('an error of the storage leaves nothing, and the bytes may be sent again', async () => {
  const before = await files();
  const { id, url } = await sent();
  storageFails = true;
  try {
    await expect(client.complete({ id })).rejects.toThrow('INTERNAL');
  } finally {
    storageFails = false;
  }
  expect(await files()).toEqual(before);
  expect(await client.complete({ id })).toMatchObject(refusedWith('UPLOAD_INCOMPLETE', 'id'));
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});
