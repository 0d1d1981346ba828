import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
let checksum: string;
/** A file with the same bytes. */
let there: string;
beforeAll(async () => {
  cms = await runCms();
  client = createStagedClient(cms);
});
beforeEach(async () => {
  jpeg = await drawJpeg();
  checksum = createHash('sha256').update(jpeg).digest('hex');
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
  there = (await cms.upload(jpeg)).mediaFile.id;
});
afterAll(() => cms.close());

const REUSE = { onDuplicate: 'REUSE' };
const files = async () => (await cms.traces()).files;
const reused = () => ({ mediaFile: { id: there }, reused: true, userErrors: [] });
const refusedWith = (code: string, field: string) => ({
  mediaFile: null,
  reused: false,
  userErrors: [{ code, field: ['input', field] }],
});
const trash = (id: string) =>
  cms.store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [id]);

test('REUSE returns an existing file at once if the checksum was declared', async () => {
  const before = await files();
  const { id, url } = await client.stage(jpeg, { checksum });
  expect(await client.complete({ id, ...REUSE })).toMatchObject(reused());
  expect(await client.complete({ id })).toMatchObject(reused());
  expect((await client.put(url, jpeg)).status).toBe(409);
  expect(await files()).toEqual(before);
  expect(await cms.store.count('media_files')).toBe(1);
});

test.each([
  ['declared', true],
  ['not declared', false],
])('REUSE of bytes that were sent, and %s, discards them', async (_what, isDeclared) => {
  const before = await files();
  const { id, url } = await client.stage(jpeg, isDeclared ? { checksum } : {});
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect(await client.complete({ id, ...REUSE })).toMatchObject(reused());
  expect(await client.complete({ id, onDuplicate: 'REJECT' })).toMatchObject(reused());
  expect((await client.put(url, jpeg)).status).toBe(409);
  expect(await files()).toEqual(before);
});

test('completing a reused upload again returns the same file, whatever has happened to it', async () => {
  const { id } = await client.stage(jpeg, { checksum });
  await client.complete({ id, ...REUSE });
  await trash(there);
  expect(await client.complete({ id, ...REUSE })).toMatchObject(reused());
  await cms.store.pool.query('DELETE FROM media_files');
  expect(await client.complete({ id, ...REUSE })).toMatchObject(refusedWith('NOT_FOUND', 'id'));
});

test('REUSE needs bytes or a declared checksum', async () => {
  const { id } = await client.stage(jpeg);
  expect(await client.complete({ id, ...REUSE })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
});

test('does not reuse a file that is in the trash, private or in another store', async () => {
  const { id: theirs } = await client.stage(jpeg, { checksum }, 'theirs');
  expect(await client.complete({ id: theirs, ...REUSE }, 'theirs')).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  const { id, url } = await client.stage(jpeg, { checksum });
  const asPrivate = { id, ...REUSE, details: { visibility: 'PRIVATE' } };
  expect(await client.complete(asPrivate)).toMatchObject(refusedWith('UPLOAD_INCOMPLETE', 'id'));
  await trash(there);
  expect(await client.complete({ id, ...REUSE })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  await client.put(url, jpeg);
  expect(await client.complete({ id, ...REUSE })).toMatchObject({
    mediaFile: { id },
    reused: false,
  });
});

test('REJECT names the duplicate and keeps the upload for another completion', async () => {
  const { id, url } = await client.stage(jpeg, { checksum });
  const asked = { id, onDuplicate: 'REJECT' };
  expect(await client.complete(asked)).toMatchObject(refusedWith('DUPLICATE', 'id'));
  await client.put(url, jpeg);
  const refused = await client.complete(asked);
  expect(refused).toMatchObject(refusedWith('DUPLICATE', 'id'));
  expect(refused.userErrors[0].message).toContain(there);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test.each([
  ['before its bytes', false],
  ['with its bytes', true],
])('a key keeps the result of a REUSE %s', async (_what, withBytes) => {
  const { id, url } = await client.stage(jpeg, { checksum });
  if (withBytes) await client.put(url, jpeg);
  const asked = { id, ...REUSE, idempotencyKey: 'key' };
  expect(await client.complete(asked)).toMatchObject(reused());
  await trash(there);
  expect(await client.complete(asked)).toMatchObject(reused());
  const other = await client.stage(jpeg, { checksum });
  expect(await client.complete({ ...asked, id: other.id })).toMatchObject(reused());
  const mismatch = refusedWith('IDEMPOTENCY_MISMATCH', 'idempotencyKey');
  expect(await client.complete({ ...asked, details: { folder: 'b' } })).toMatchObject(mismatch);
  expect(await client.complete({ ...asked, id: other.id, onDuplicate: 'ALLOW' })).toMatchObject(
    mismatch,
  );
});

test('concurrent REUSE completions with one key have one result', async () => {
  const { id } = await client.stage(jpeg, { checksum });
  const results = await Promise.all(
    Array.from({ length: 6 }, () => client.complete({ id, ...REUSE, idempotencyKey: 'key' })),
  );
  for (const result of results) expect(result).toMatchObject(reused());
  expect(await cms.store.count('idempotency_keys')).toBe(1);
});

test('a key has the same result for the same bytes sent to another URL', async () => {
  const bytes = await drawJpeg();
  const [one, two] = [await client.stage(bytes), await client.stage(bytes)];
  for (const { url } of [one, two]) await client.put(url, bytes);
  const before = await files();
  const results = await Promise.all(
    [one, two, one, two].map(({ id }) => client.complete({ id, idempotencyKey: 'key' })),
  );
  const made = new Set(results.map(({ mediaFile }) => mediaFile.id));
  expect(made.size).toBe(1);
  expect(await cms.store.count('media_files')).toBe(2);
  expect(await files()).toHaveLength(before.length - 1);
});

test('an upload whose bytes have not arrived is incomplete, also with a key that has a result', async () => {
  const [first, second] = [await client.stage(jpeg), await client.stage(jpeg)];
  await client.put(first.url, jpeg);
  const complete = (id: string) => client.complete({ id, idempotencyKey: 'key' });
  const { mediaFile } = await complete(first.id);
  expect(await complete(second.id)).toMatchObject(refusedWith('UPLOAD_INCOMPLETE', 'id'));
  await client.put(second.url, jpeg);
  expect((await complete(second.id)).mediaFile).toMatchObject({ id: mediaFile.id });
});

test('a key represents the bytes that were completed, even if others arrive at the last moment', async () => {
  const bytes = await drawJpeg();
  const [upload, late] = [await client.stage(bytes), await client.stage(jpeg)];
  await client.put(upload.url, bytes);
  await client.put(late.url, jpeg);
  const asked = { id: upload.id, idempotencyKey: 'key' };
  const { pool } = cms.store;
  const connection = await pool.connect();
  await connection.query('BEGIN');
  await connection.query(
    `UPDATE uploads u SET staged_name = l.staged_name, staged_size = l.staged_size, staged_sha256 = l.staged_sha256
     FROM uploads l WHERE u.id = $1 AND l.id = $2`,
    [upload.id, late.id],
  );
  const result = client.complete(asked);
  const waiting = `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await vi.waitUntil(async () => (await cms.store.count(waiting)) > 0);
  await connection.query('COMMIT');
  connection.release();
  expect((await result).mediaFile).toMatchObject({ id: upload.id, checksum });
  expect(await client.complete(asked)).toEqual(await result);
});
