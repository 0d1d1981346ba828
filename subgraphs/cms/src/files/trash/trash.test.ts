import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawJpeg } from '../media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../media-file/testing/running-cms.ts';

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';
const FILE = 'mediaFile { id version url trashedAt }';
const ERRORS = 'userErrors { code field }';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

async function mutate(name: string, type: string, input: object, selection: string) {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} ${ERRORS} } }`;
  const { data, errors } = await cms.graphql(query, { input });
  expect(errors).toBeUndefined();
  return data![name];
}
const remove = (id: string, input = {}) =>
  mutate('deleteMedia', 'DeleteMediaInput', { id, ...input }, `${FILE} usages { entityId }`);
const restore = (id: string) => mutate('restoreMedia', 'MediaIdInput', { id }, FILE);
const purge = (id: string) => mutate('purgeMedia', 'MediaIdInput', { id }, 'purgedId');
const upload = async (storeId = 'ours') =>
  (await cms.upload(await drawJpeg(), { storeId })).mediaFile.id;

const notFound = [{ code: 'NOT_FOUND', field: ['input', 'id'] }];
const objectsOf = (id: string) => readdir(join(cms.folder, 'objects', 'ours', id)).catch(() => []);

test('a trashed file has no URL until it is restored, and repeated calls change nothing', async () => {
  const id = await upload();
  const trashed = await remove(id);
  expect(trashed).toEqual({
    mediaFile: { id, version: 2, url: null, trashedAt: expect.any(String) },
    usages: [],
    userErrors: [],
  });
  expect(await remove(id)).toEqual(trashed);
  const { data } = await cms.graphql(`{ mediaFile(id: "${id}") { version url trashedAt } }`);
  expect(data!['mediaFile']).toMatchObject({ version: 2, url: null });

  const restored = await restore(id);
  expect(restored.mediaFile).toMatchObject({ version: 3, trashedAt: null });
  expect((await fetch(restored.mediaFile.url)).ok).toBe(true);
  expect(await restore(id)).toEqual(restored);
});

test('keeps files in use unless forced; a dry run returns the same and changes nothing', async () => {
  const id = await upload();
  expect(await remove(id, { dryRun: true })).toMatchObject({
    mediaFile: { version: 1, trashedAt: null },
    userErrors: [],
  });
  await cms.store.pool.query('UPDATE media_files SET usage_count = 2 WHERE id = $1', [id]);
  const refused = {
    mediaFile: null,
    usages: [],
    userErrors: [{ code: 'MEDIA_IN_USE', field: ['input', 'id'] }],
  };
  expect(await remove(id)).toEqual(refused);
  expect(await remove(id, { dryRun: true })).toEqual(refused);
  const rehearsed = await remove(id, { dryRun: true, force: true });
  expect(rehearsed.mediaFile).toMatchObject({ version: 1, trashedAt: null });
  const { mediaFile } = await remove(id, { force: true });
  expect(mediaFile).toMatchObject({ version: 2 });
  for (const again of [{}, { dryRun: true }]) {
    expect(await remove(id, again)).toMatchObject({ mediaFile, userErrors: [] });
  }
});

test('a purge leaves only the log of a file', async () => {
  const id = await upload();
  const other = await upload();
  await cms.store.pool.query('UPDATE stores SET used_bytes = 1000000, file_count = 10');
  expect(await purge(id)).toEqual({
    purgedId: null,
    userErrors: [{ code: 'INVALID', field: ['input', 'id'] }],
  });
  await remove(id);
  expect(await objectsOf(id)).toHaveLength(1);
  expect(await purge(id)).toEqual({ purgedId: id, userErrors: [] });
  expect(await purge(id)).toEqual({ purgedId: null, userErrors: notFound });
  expect(await restore(id)).toEqual({ mediaFile: null, userErrors: notFound });

  const rows = await cms.store.pool.query(
    `SELECT 1 FROM media_files WHERE id = $1 UNION ALL
     SELECT 1 FROM media_contents WHERE media_id = $1 UNION ALL
     SELECT 1 FROM media_texts WHERE media_id = $1`,
    [id],
  );
  expect(rows.rows).toEqual([]);
  const [room] = (await cms.store.pool.query('SELECT used_bytes, file_count FROM stores')).rows;
  expect(room.file_count).toBe(9);
  expect(Number(room.used_bytes)).toBeLessThan(1_000_000);
  const log = await cms.store.pool.query(
    'SELECT action, actor, changes FROM audit_entries WHERE media_id = $1 ORDER BY at DESC LIMIT 1',
    [id],
  );
  expect(log.rows).toMatchObject([{ action: 'purged', actor: 'someone' }]);
  expect(log.rows[0].changes[0]).toEqual({
    field: 'originalFilename',
    before: 'beach.jpg',
    after: null,
  });
  await vi.waitFor(async () => expect(await objectsOf(id)).toEqual([]), { timeout: 10_000 });
  expect(await objectsOf(other)).toHaveLength(1);
});

test('of concurrent purges one succeeds; with a concurrent restore, the file is purged or complete', async () => {
  const id = await upload();
  await remove(id);
  const outcomes = await Promise.all([purge(id), purge(id), purge(id)]);
  expect(outcomes.filter(({ purgedId }) => purgedId === id)).toHaveLength(1);

  for (let round = 0; round < 5; round += 1) {
    const racing = await upload();
    await remove(racing);
    const [purged, restored] = await Promise.all([purge(racing), restore(racing)]);
    expect(purged.purgedId === null).toBe(restored.mediaFile !== null);
  }
});

test('a deletion and a concurrent update both succeed, one after the other', async () => {
  const id = await upload();
  const update = { id, details: { folder: 'elsewhere' } };
  await Promise.all([remove(id), mutate('updateMedia', 'UpdateMediaInput', update, FILE)]);
  const { data } = await cms.graphql(`{ mediaFile(id: "${id}") { version folder trashedAt } }`);
  expect(data!['mediaFile']).toEqual({
    version: 3,
    folder: 'elsewhere',
    trashedAt: expect.any(String),
  });
});

test('a file of another store, an unknown id and an invalid id get the same response', async () => {
  const theirs = await upload('theirs');
  for (const id of [theirs, UNKNOWN_ID, 'no id', '']) {
    expect(await remove(id)).toEqual({ mediaFile: null, usages: [], userErrors: notFound });
    expect((await remove(id, { dryRun: true })).userErrors).toEqual(notFound);
    expect((await restore(id)).userErrors).toEqual(notFound);
    expect((await purge(id)).userErrors).toEqual(notFound);
  }
});

test('deleting, restoring and purging need a separate scope', async () => {
  const id = await upload();
  for (const name of ['deleteMedia', 'restoreMedia', 'purgeMedia']) {
    const query = `mutation { ${name}(input: { id: "${id}" }) { ${ERRORS} } }`;
    const { errors } = await cms.graphql(query, {}, { scope: 'media:read media:write' });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});

test('new bytes during a purge are rejected or purged too, and nothing is left over', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await upload();
    const files = { 'variables.input.file': new File([await drawJpeg()], 'new.jpg') };
    const replace = cms.graphql(
      `mutation ($input: ReplaceMediaContentInput!) { replaceMediaContent(input: $input) {
        ${ERRORS} } }`,
      { input: { id, file: null } },
      { files },
    );
    const [{ errors }] = await Promise.all([replace, remove(id).then(() => purge(id))]);
    expect(errors).toBeUndefined();
    const { rows } = await cms.store.pool.query(
      `SELECT 1 FROM media_files WHERE id = $1 UNION ALL
       SELECT 1 FROM media_contents WHERE media_id = $1 UNION ALL
       SELECT 1 FROM uploads WHERE media_id = $1 AND state = 'RESERVED'`,
      [id],
    );
    expect(rows).toEqual([]);
    await vi.waitFor(async () => expect(await objectsOf(id)).toEqual([]), { timeout: 10_000 });
  }
});
