import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { storageKey } from '../../../storage/object-key.ts';
import { createOtherProcess } from '../testing/other-process.ts';

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
/** What others do between the arrival of the bytes and their commit. */
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

/** A file that others change while its new bytes are being verified. */
async function uploadThen(...queries: string[]) {
  const bytes = await drawJpeg();
  const { id } = (await cms.upload(bytes)).mediaFile;
  meanwhile = async () => {
    meanwhile = async () => {};
    for (const query of queries) await ask(query, { id });
  };
  return { id, bytes };
}

test('a purge before the commit also removes the new bytes', async () => {
  const { id } = await uploadThen(TRASH, PURGE);
  expect(await replace({ id }, await drawJpeg())).toEqual({
    mediaFile: null,
    userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
  });
  await vi.waitFor(async () => expect(await objectsOf(id)).toEqual([]), { timeout: 20_000 });
  expect(await cms.store.count(`media_contents WHERE media_id = '${id}'`)).toBe(0);
  expect(await cms.store.count(`uploads WHERE media_id = '${id}'`)).toBe(0);
});

test('a file moved to the trash before the commit keeps its bytes', async () => {
  const { id } = await uploadThen(TRASH);
  expect((await replace({ id }, await drawJpeg())).userErrors).toEqual([
    { code: 'INVALID', field: ['input', 'id'] },
  ]);
  expect((await read(id)).contentVersions).toHaveLength(1);
  expect(await objectsOf(id)).toHaveLength(1);
  expect(await cms.store.count(`uploads WHERE media_id = '${id}'`)).toBe(0);
});

test('a change before the commit is a conflict only if a version was given', async () => {
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

test('every URL serves its own bytes, whichever are current', async () => {
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

test('all contents of a file count towards the quota until it is purged', async () => {
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

test('a process killed before its commit leaves nothing after recovery, and the file unchanged', async () => {
  const { id } = await uploadThen();
  await replace({ id }, await drawJpeg());
  const before = { file: await read(id), objects: await objectsOf(id) };
  await dieReplacing(id, await drawJpeg());
  expect(await objectsOf(id)).toHaveLength(3);

  const { reservations } = createOtherProcess(cms);
  await reservations.recover({ silentSeconds: HOUR, doneSeconds: 24 * HOUR });
  expect({ file: await read(id), objects: await objectsOf(id) }).toEqual(before);
  expect(await cms.store.count(`uploads WHERE media_id = '${id}' AND state <> 'DONE'`)).toBe(0);
  const { mediaFile } = await replace({ id }, await drawJpeg());
  expect(mediaFile.contentVersions[0]).toMatchObject({ number: 4, current: true });
});

/** A process publishes new bytes and is killed; much time passes. */
async function dieReplacing(mediaId: string, bytes: Bytes) {
  const { staging, storage, repository } = createOtherProcess(cms);
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
