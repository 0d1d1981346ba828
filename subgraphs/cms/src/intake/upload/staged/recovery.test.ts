import { truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { storageKey } from '../../../storage/object-key.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';
import { createOtherProcess } from '../testing/other-process.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms();
  client = createStagedClient(cms);
  jpeg = await drawJpeg();
});
beforeEach(async () => {
  await recover();
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
});
afterAll(() => cms.close());

const recover = () => createOtherProcess(cms).recover();

const files = async () => (await cms.traces()).files;
const uploads = () => cms.store.count('uploads');

async function sent(bytes = jpeg) {
  const upload = await client.stage(bytes);
  expect((await client.put(upload.url, bytes)).status).toBe(200);
  return upload;
}
/** Moves all its times into the past. */
const age = (id: string, seconds: number) =>
  cms.store.pool.query(
    `UPDATE uploads SET seen_at = seen_at - make_interval(secs => $2),
       expires_at = expires_at - make_interval(secs => $2) WHERE id = $1`,
    [id, seconds],
  );

/** A process claims it, publishes its bytes if requested, and is killed. */
async function dieCompleting(id: string, { published }: { published: boolean }) {
  const { stagedUploads, storage, staging } = createOtherProcess(cms);
  const seen = (await stagedUploads.find('ours', id))!;
  const { upload, reservation } = (await stagedUploads.claim('ours', seen))!;
  if (!published) return;
  const sha256 = upload.stagedSha256!;
  const expected = { byteSize: jpeg.length, sha256 };
  const { path } = (await staging.open(
    upload.stagedName!,
    expected,
    new AbortController().signal,
  ))!;
  await storage.publish(storageKey(reservation, { sha256, extension: 'jpg' }), path);
}

test('removes bytes that can no longer be completed, and a day later the upload', async () => {
  const before = await files();
  const { id } = await sent();
  const unsent = await client.stage(jpeg);
  for (const one of [id, unsent.id]) await age(one, HOUR + 1);
  await recover();
  expect(await files()).toEqual(before);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_EXPIRED' }]);
  for (const one of [id, unsent.id]) await age(one, DAY);
  await recover();
  expect(await uploads()).toBe(0);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
});

test('never removes what can still be completed, however old it is', async () => {
  const { id } = await sent();
  const unsent = await client.stage(jpeg);
  for (const one of [id, unsent.id]) await age(one, HOUR - 60);
  const before = await cms.traces();
  await recover();
  expect(await cms.traces()).toEqual(before);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
  expect((await client.put(unsent.url, jpeg)).status).toBe(200);
  expect((await client.complete({ id: unsent.id })).mediaFile).toMatchObject({ id: unsent.id });
});

test('does not disturb a running completion, even after the upload has expired', async () => {
  const { id } = await sent();
  await dieCompleting(id, { published: true });
  await cms.store.pool.query('UPDATE uploads SET expires_at = now()');
  const before = await cms.traces();
  await recover();
  expect(await cms.traces()).toEqual(before);
});

test.each([
  ['before publishing', false],
  ['after publishing', true],
])(
  'a process killed %s of a completion leaves nothing after the upload has expired',
  async (_what, published) => {
    const before = await files();
    const { id } = await sent();
    await dieCompleting(id, { published });
    await age(id, HOUR + 1);
    await recover();
    expect(await files()).toEqual(before);
    expect(await cms.store.count(`uploads WHERE state <> 'AWAITED'`)).toBe(0);
    expect(await cms.store.count('media_files')).toBe(0);
  },
);

test('bytes that a power failure has cut off must be sent again', async () => {
  const { id, url } = await sent();
  const { stagedUploads } = createOtherProcess(cms);
  const { stagedName } = (await stagedUploads.find('ours', id))!;
  await truncate(join(cms.folder, 'staging', `${stagedName}.part`), jpeg.length - 1);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_INCOMPLETE' }]);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('an upload whose completion was killed can be completed again while its bytes are staged', async () => {
  const { id } = await sent();
  const before = await files();
  await dieCompleting(id, { published: false });
  await age(id, 16 * 60);
  await Promise.all([recover(), recover(), recover()]);
  expect(await files()).toEqual(before);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
  await recover();
  expect(await files()).toHaveLength(before.length);
});

test('an upload whose bytes were published but not committed must be started again', async () => {
  const before = await files();
  const { id, url } = await sent();
  await dieCompleting(id, { published: true });
  await age(id, 16 * 60);
  await recover();
  expect(await cms.traces()).toEqual({ rows: 0, files: before });
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect((await client.put(url, jpeg)).status).toBe(409);
});

test('a recovery that was killed halfway is continued by another one later', async () => {
  const { id } = await sent();
  await dieCompleting(id, { published: false });
  await age(id, 16 * 60);
  await cms.store.reservations.abandonSilent(15 * 60);
  await recover();
  expect(await cms.store.count(`uploads WHERE state = 'ABANDONED'`)).toBe(1);
  await age(id, 16 * 60);
  await recover();
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('a process that is killed after its commit has created the file', async () => {
  const { id } = await sent();
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
  const before = await files();
  await age(id, 2 * DAY);
  await recover();
  expect(await files()).toEqual(before);
  expect(await uploads()).toBe(0);
  expect(await cms.store.count('media_files')).toBe(1);
});

test('removes bytes that arrived too late for an upload that returned another file', async () => {
  const there = (await cms.upload(jpeg)).mediaFile.id;
  const { id } = await sent();
  await client.complete({ id, onDuplicate: 'REUSE' });
  const before = await files();
  const { staging, storage } = createOtherProcess(cms);
  const { path } = await staging.receive(id, Readable.from([Buffer.from('late')]), { maxBytes: 9 });
  const reservation = { id, storeId: 'ours', replaces: null };
  await storage.publish(
    storageKey(reservation, { sha256: 'a'.repeat(64), extension: 'jpg' }),
    path,
  );
  await age(id, DAY - 60);
  await recover();
  expect(await files()).toHaveLength(before.length + 1);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id: there });
  await age(id, 120);
  await recover();
  expect(await files()).toEqual(before);
  expect(await cms.store.count(`uploads WHERE answered_with IS NOT NULL`)).toBe(0);
  expect(await cms.store.count('media_files')).toBe(1);
});
