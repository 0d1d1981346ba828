import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';
import { createOtherProcess } from '../testing/other-process.ts';

const HOUR = 3600;

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms();
  client = createStagedClient(cms);
  jpeg = await drawJpeg();
});
beforeEach(async () => {
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
  await ageFiles(28 * HOUR);
  await recover();
});
afterAll(() => cms.close());

const recover = () => createOtherProcess(cms).recover();

const staged = async () => (await cms.traces()).files.filter((name) => name.endsWith('.part'));
async function sent() {
  const upload = await client.stage(jpeg);
  expect((await client.put(upload.url, jpeg)).status).toBe(200);
  return upload;
}
/** Makes staged files look old. */
async function ageFiles(seconds: number) {
  const dir = join(cms.folder, 'staging');
  const then = new Date(Date.now() - seconds * 1000);
  const names = await readdir(dir).catch(() => []); // created on first use
  for (const name of names) await utimes(join(dir, name), then, then);
}
const receive = (name: string) =>
  createOtherProcess(cms).staging.receive(name, Readable.from([Buffer.from(jpeg)]), {
    maxBytes: 1e6,
  });

test('removes bytes whose process was killed before recording them; the client may send again', async () => {
  const { id, url } = await client.stage(jpeg);
  await receive(`${id}-0123456789abcdef`);
  await ageFiles(27 * HOUR - 60);
  await recover();
  expect(await staged()).toHaveLength(1);
  await ageFiles(27 * HOUR + 60);
  await recover();
  expect(await staged()).toEqual([]);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_INCOMPLETE' }]);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('removes replaced bytes if the process was killed before it, and keeps the current ones', async () => {
  const { id } = await sent();
  const [replaced] = await staged();
  await ageFiles(27 * HOUR + 60);
  const name = `${id}-0123456789abcdef`;
  const { stagedUploads } = createOtherProcess(cms);
  await stagedUploads.begin(id, name);
  const { byteSize, sha256 } = await receive(name);
  expect(await stagedUploads.record(id, { name, byteSize, sha256 })).toEqual({
    replaced: replaced!.replace('.part', ''),
  });
  await recover();
  expect(await staged()).toEqual([`${name}.part`]);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id, checksum: sha256 });
});

test('removes bytes of expired uploads although some fail, which it retries', async () => {
  const ids = [await sent(), await sent(), await sent()].map(({ id }) => id);
  await cms.store.pool.query('UPDATE uploads SET expires_at = now()');
  const { stagedUploads, staging } = createOtherProcess(cms);
  const expired: string[] = [];
  const expiring = stagedUploads.expire(async (name) => {
    expired.push(name);
    if (name.startsWith(ids[0]!)) throw new Error('killed');
    await staging.discard(name);
  });
  await expect(expiring).rejects.toMatchObject({ cause: { message: 'killed' } });
  expect(expired).toHaveLength(3);
  expect(await staged()).toEqual([expect.stringContaining(ids[0]!)]);
  expect(await cms.store.count('uploads WHERE staged_name IS NOT NULL')).toBe(1);
  await recover();
  expect(await staged()).toEqual([]);
  expect(await cms.store.count('uploads WHERE staged_name IS NOT NULL')).toBe(0);
  for (const id of ids)
    expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_EXPIRED' }]);
});

test('removes bytes of an upload that returned another file if its process was killed', async () => {
  const { mediaFile } = await cms.upload(jpeg);
  const { id } = await sent();
  const options = {
    storeId: 'ours',
    actor: 'someone',
    mutation: 'completeStagedUpload',
    retry: null,
    onDuplicate: 'REUSE',
    details: {},
  } as const;
  const { stagedUploads } = createOtherProcess(cms);
  const { stagedSha256: checksum } = (await stagedUploads.find('ours', id))!;
  expect(
    await stagedUploads.completeWithExisting(mediaFile.id, { id, checksum, options }),
  ).not.toBeNull();
  await cms.store.pool.query(
    `UPDATE uploads SET seen_at = now() - interval '25 hours' WHERE id = $1`,
    [id],
  );
  await recover();
  expect(await staged()).toEqual([]);
  expect(await cms.store.count('uploads WHERE answered_with IS NOT NULL')).toBe(0);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect((await fetch(mediaFile.url)).status).toBe(200);
});
