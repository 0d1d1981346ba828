import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newId } from '@federated-media/subgraph-kit/ids';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { openDiskStorage } from '../../../storage/disk-storage.ts';
import { createStaging } from '../../../storage/staging.ts';
import { createReservations } from '../../reservations/reservations.ts';
import { storageKey } from '../../../storage/object-key.ts';

const FILE = 'id version folder checksum url contentVersions { number checksum current }';
const REPLACE = `mutation ($input: ReplaceMediaContentInput!) {
  replaceMediaContent(input: $input) { mediaFile { ${FILE} } userErrors { code field } }
}`;
const TRASH = 'mutation ($id: ID!) { deleteMedia(input: { id: $id }) { userErrors { code } } }';
const PURGE = 'mutation ($id: ID!) { purgeMedia(input: { id: $id }) { purgedId } }';
const UPDATE = `mutation ($id: ID!) {
  updateMedia(input: { id: $id, details: { folder: "kept" } }) { userErrors { code } }
}`;
const RESTORE = `mutation ($id: ID!) {
  restoreMediaContent(input: { id: $id, number: 1 }) { mediaFile { ${FILE} } userErrors { code } }
}`;
const QUOTA = '{ mediaQuota { usedBytes fileCount } }';
const HOUR = 3600;

type Bytes = Uint8Array<ArrayBuffer>;

let cms: RunningCms;
/** What others do once bytes have come, and before they are committed. */
let meanwhile: () => Promise<void>;
beforeAll(async () => {
  cms = await runCms({ verifying: () => meanwhile() });
});
beforeEach(() => {
  meanwhile = async () => {};
});
afterAll(() => cms.close());

const sha256 = (bytes: Bytes) => createHash('sha256').update(bytes).digest('hex');
const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const objectsOf = async (id: string) =>
  (await readdir(join(cms.folder, 'objects'), { recursive: true })).filter(
    (path) => path.includes(id) && path.endsWith('.jpg'),
  );

async function ask(query: string, variables: object = {}) {
  const { data, errors } = await cms.graphql(query, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!;
}
async function replace(input: object, bytes: Bytes) {
  const files = { 'variables.input.file': new File([bytes], 'new.jpg') };
  const { data, errors } = await cms.graphql(
    REPLACE,
    { input: { ...input, file: null } },
    { files },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data!['replaceMediaContent'];
}
const read = async (id: string) =>
  (await ask(`query ($id: ID!) { mediaFile(id: $id) { ${FILE} } }`, { id }))['mediaFile'];

/** A file, and others who do these things to it while its next bytes are looked at. */
async function uploadThen(...queries: string[]) {
  const bytes = await drawJpeg();
  const { id } = (await cms.upload(bytes)).mediaFile;
  meanwhile = async () => {
    meanwhile = async () => {};
    for (const query of queries) await ask(query, { id });
  };
  return { id, bytes };
}

test('a file purged before the commit takes its new bytes with it', async () => {
  const { id } = await uploadThen(TRASH, PURGE);
  expect(await replace({ id }, await drawJpeg())).toEqual({
    mediaFile: null,
    userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
  });
  await vi.waitFor(async () => expect(await objectsOf(id)).toEqual([]), { timeout: 20_000 });
  expect(await cms.store.count(`media_contents WHERE media_id = '${id}'`)).toBe(0);
  expect(await cms.store.count(`uploads WHERE media_id = '${id}'`)).toBe(0);
});

test('a file trashed before the commit keeps the bytes it has', async () => {
  const { id } = await uploadThen(TRASH);
  expect((await replace({ id }, await drawJpeg())).userErrors).toEqual([
    { code: 'INVALID', field: ['input', 'id'] },
  ]);
  expect((await read(id)).contentVersions).toHaveLength(1);
  expect(await objectsOf(id)).toHaveLength(1);
  expect(await cms.store.count(`uploads WHERE media_id = '${id}'`)).toBe(0);
});

test('a file changed before the commit is a conflict for who named a version, and for no one else', async () => {
  const versioned = await uploadThen(UPDATE);
  const used = await ask(QUOTA);
  expect(await replace({ id: versioned.id, version: 1 }, await drawJpeg())).toEqual({
    mediaFile: null,
    userErrors: [{ code: 'CONFLICT', field: ['input', 'version'] }],
  });
  expect(await ask(QUOTA)).toEqual(used);
  expect(await objectsOf(versioned.id)).toHaveLength(1);
  expect(await read(versioned.id)).toMatchObject({ version: 2, folder: 'kept' });

  const free = await uploadThen(UPDATE);
  const bytes = await drawJpeg();
  expect((await replace({ id: free.id }, bytes)).mediaFile).toMatchObject({
    version: 3,
    folder: 'kept',
    checksum: sha256(bytes),
  });
});

test('every address serves its own bytes, whichever are current', async () => {
  const { id, bytes } = await uploadThen();
  const before = await read(id);
  const second = await drawJpeg();
  const { mediaFile: after } = await replace({ id }, second);
  const { mediaFile: back } = (await ask(RESTORE, { id }))['restoreMediaContent'];
  expect(after.url).not.toBe(before.url);
  expect(back).toMatchObject({ version: 3, url: before.url, checksum: sha256(bytes) });
  expect(await bytesAt(before.url)).toEqual(bytes);
  expect(await bytesAt(after.url)).toEqual(second);
});

test('all the bytes a file has had count until it is purged', async () => {
  const { usedBytes, fileCount } = (await ask(QUOTA))['mediaQuota'];
  const { id, bytes } = await uploadThen();
  const second = await drawJpeg(300, 200);
  await replace({ id }, second);
  expect((await ask(QUOTA))['mediaQuota']).toEqual({
    usedBytes: usedBytes + bytes.length + second.length,
    fileCount: fileCount + 1,
  });
  await ask(TRASH, { id });
  await ask(PURGE, { id });
  expect((await ask(QUOTA))['mediaQuota']).toEqual({ usedBytes, fileCount });
});

test('a process killed before its commit leaves nothing once recovered, and the file as it was', async () => {
  const { id } = await uploadThen();
  await replace({ id }, await drawJpeg());
  const before = { file: await read(id), objects: await objectsOf(id) };
  await dieReplacing(id, await drawJpeg());
  expect(await objectsOf(id)).toHaveLength(3);

  const { reservations } = neighbour();
  await reservations.recover({ silentSeconds: HOUR, doneSeconds: 24 * HOUR });
  expect({ file: await read(id), objects: await objectsOf(id) }).toEqual(before);
  expect(await cms.store.count(`uploads WHERE media_id = '${id}' AND state <> 'DONE'`)).toBe(0);
  const { mediaFile } = await replace({ id }, await drawJpeg());
  expect(mediaFile.contentVersions[0]).toMatchObject({ number: 4, current: true });
});

/** As another process would, on the same database and disk. */
function neighbour() {
  const staging = createStaging({ dir: join(cms.folder, 'staging') });
  const storage = openDiskStorage({ root: join(cms.folder, 'objects') });
  const logger = pino({ level: 'silent' });
  const repository = cms.store.reservations;
  const reservations = createReservations({ repository, staging, storage, logger });
  return { staging, storage, repository, reservations };
}

/** A process publishes new bytes, is killed, and has been silent for long. */
async function dieReplacing(mediaId: string, bytes: Bytes) {
  const { staging, storage, repository } = neighbour();
  const reservation = (await repository.reserve({ id: newId(), storeId: 'ours', mediaId }))!;
  const limits = { maxBytes: bytes.length };
  const { path, sha256: sum } = await staging.receive(
    reservation.id,
    Readable.from([bytes]),
    limits,
  );
  await storage.publish(storageKey(reservation, { sha256: sum, extension: 'jpg' }), path);
  await cms.store.pool.query(
    `UPDATE uploads SET seen_at = now() - interval '2 hours' WHERE id = $1`,
    [reservation.id],
  );
}
