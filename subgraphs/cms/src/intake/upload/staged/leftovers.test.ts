import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { openDiskStorage } from '../../../storage/disk-storage.ts';
import { createStaging } from '../../../storage/staging.ts';
import { createRecovery } from '../../recovery.ts';
import { createReservations } from '../../reservations/reservations.ts';
import { createStagedUploadRepository } from './repository.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

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
  await ageFiles(4 * HOUR);
  await recover();
});
afterAll(() => cms.close());

/** As another process would, on the same database and disk. */
function neighbour() {
  const staging = createStaging({ dir: join(cms.folder, 'staging') });
  const storage = openDiskStorage({ root: join(cms.folder, 'objects') });
  const logger = pino({ level: 'silent' });
  const repository = cms.store.reservations;
  const reservations = createReservations({ repository, staging, storage, logger });
  const stagedUploads = createStagedUploadRepository({ pool: cms.store.pool });
  const recovery = createRecovery({ reservations, stagedUploads, staging, logger });
  return { staging, stagedUploads, recovery };
}
async function recover() {
  const { recovery } = neighbour();
  recovery.start();
  await recovery.stop();
}

const staged = async () => (await cms.traces()).files.filter((name) => name.endsWith('.part'));
async function sent() {
  const upload = await client.stage(jpeg);
  expect((await client.put(upload.url, jpeg)).status).toBe(200);
  return upload;
}
/** As if nobody had written to what waits for that long. */
async function ageFiles(seconds: number) {
  const dir = join(cms.folder, 'staging');
  const then = new Date(Date.now() - seconds * 1000);
  const names = await readdir(dir).catch(() => []); // made when first needed
  for (const name of names) await utimes(join(dir, name), then, then);
}
const receive = (name: string) =>
  neighbour().staging.receive(name, Readable.from([Buffer.from(jpeg)]), { maxBytes: 1e6 });

test('bytes a process was killed before taking note of go, and the upload may be sent again', async () => {
  const { id, url } = await client.stage(jpeg);
  await receive(`${id}-0123456789abcdef`);
  await ageFiles(3 * HOUR - 60);
  await recover();
  expect(await staged()).toHaveLength(1);
  await ageFiles(3 * HOUR + 60);
  await recover();
  expect(await staged()).toEqual([]);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_INCOMPLETE' }]);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('bytes that were replaced, but not removed before the process was killed, go; those that count stay', async () => {
  const { id } = await sent();
  const [replaced] = await staged();
  await ageFiles(3 * HOUR + 60);
  const name = `${id}-0123456789abcdef`;
  const { byteSize, sha256 } = await receive(name);
  expect(await neighbour().stagedUploads.record(id, { name, byteSize, sha256 })).toEqual({
    replaced: replaced!.replace('.part', ''),
  });
  await recover();
  expect(await staged()).toEqual([`${name}.part`]);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id, checksum: sha256 });
});

test('bytes of an expired upload go although the process that saw it expire was killed', async () => {
  const { id } = await sent();
  await cms.store.pool.query('UPDATE uploads SET expires_at = now() WHERE id = $1', [id]);
  expect(await neighbour().stagedUploads.expire()).toHaveLength(1);
  await recover();
  expect(await staged()).toHaveLength(1);
  await ageFiles(3 * HOUR + 60);
  await recover();
  expect(await staged()).toEqual([]);
  expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'UPLOAD_EXPIRED' }]);
});

test('bytes of an upload answered with another file go although the process that answered was killed', async () => {
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
  const { stagedUploads } = neighbour();
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
