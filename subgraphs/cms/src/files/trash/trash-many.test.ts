import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../media-file/testing/running-cms.ts';

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';
const ERRORS = 'userErrors { code message field }';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

async function ask(name: string, type: string, input: object, selection: string) {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} ${ERRORS} } }`;
  return cms.graphql(query, { input });
}
async function mutate(name: string, type: string, input: object, selection: string) {
  const { data, errors } = await ask(name, type, input, selection);
  expect(errors).toBeUndefined();
  return data![name];
}
const remove = (ids: string[], input = {}) =>
  mutate(
    'deleteMediaFiles',
    'DeleteMediaFilesInput',
    { ids, ...input },
    'mediaFile { id version trashedAt } usages { label }',
  );
const restore = (ids: string[]) =>
  mutate('restoreMediaFiles', 'MediaIdsInput', { ids }, 'mediaFile { id version trashedAt }');
const purge = (ids: string[]) => mutate('purgeMediaFiles', 'MediaIdsInput', { ids }, 'purgedId');
const upload = async (storeId = 'ours') =>
  (await cms.upload(await drawJpeg(), { storeId })).mediaFile.id;

const missing = (index: number) => [
  { code: 'NOT_FOUND', message: 'The file does not exist.', field: ['input', 'ids', `${index}`] },
];

test('files are deleted, restored and purged independently of each other, in few statements', async () => {
  const [one, other, theirs] = [await upload(), await upload(), await upload('theirs')];
  const ids = [other, UNKNOWN_ID, one, theirs, 'no id', one.toUpperCase()];
  cms.store.statements.length = 0;
  const deleted = await remove(ids);
  expect(cms.store.statements).toHaveLength(5);
  const trashed = (id: string) => ({
    mediaFile: { id, version: 2, trashedAt: expect.any(String) },
    usages: [],
    userErrors: [],
  });
  const failed = (index: number) => ({ mediaFile: null, usages: [], userErrors: missing(index) });
  expect(deleted).toEqual([
    trashed(other),
    failed(1),
    trashed(one),
    failed(3),
    failed(4),
    trashed(one),
  ]);

  const restored = await restore([one, UNKNOWN_ID]);
  expect(restored).toEqual([
    { mediaFile: { id: one, version: 3, trashedAt: null }, userErrors: [] },
    { mediaFile: null, userErrors: missing(1) },
  ]);
  expect(await purge([one, other, UNKNOWN_ID])).toEqual([
    {
      purgedId: null,
      userErrors: [
        {
          code: 'INVALID',
          message: 'The file is not in the trash. Delete it first.',
          field: ['input', 'ids', '0'],
        },
      ],
    },
    { purgedId: other, userErrors: [] },
    { purgedId: null, userErrors: missing(2) },
  ]);
});

test('a file in use is kept, and the message names who uses it', async () => {
  const [used, free] = [await upload(), await upload()];
  for (const number of [1, 2, 3, 4]) {
    await cms.store.pool.query(
      `INSERT INTO media_usages (store_id, consumer, usage_id, media_id, claim_version, entity_type, entity_id, label, active, claimed_at)
       VALUES ('ours', 'shop', $1, $2, 1, 'Page', $1, $3, true, to_timestamp($4))`,
      [`${number}`, used, number === 4 ? null : `Page: Lamp ${number}`, number],
    );
  }
  for (const dryRun of [true, false]) {
    const [kept, gone] = await remove([used, free], { dryRun });
    expect(kept).toMatchObject({
      mediaFile: null,
      usages: [{ label: null }, ...[3, 2, 1].map((number) => ({ label: `Page: Lamp ${number}` }))],
      userErrors: [
        {
          code: 'MEDIA_IN_USE',
          message:
            'The file is in use by Page 4, Page: Lamp 3, Page: Lamp 2 and others. Use force to delete it anyway.',
          field: ['input', 'ids', '0'],
        },
      ],
    });
    expect(gone.mediaFile).toMatchObject({ trashedAt: dryRun ? null : expect.any(String) });
  }
  const [forced] = await remove([used], { force: true });
  expect(forced).toMatchObject({ mediaFile: { version: 2 }, userErrors: [] });
});

test('one call takes 1 to 1000 ids', async () => {
  for (const ids of [[], Array.from({ length: 1001 }, () => UNKNOWN_ID)]) {
    const { errors } = await ask('purgeMediaFiles', 'MediaIdsInput', { ids }, 'purgedId');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

test('several files are read in the order of their ids', async () => {
  const [one, other, theirs] = [await upload(), await upload(), await upload('theirs')];
  const query = 'query ($ids: [ID!]!) { mediaFiles(ids: $ids) { id } }';
  cms.store.statements.length = 0;
  const { data } = await cms.graphql(query, { ids: [other, theirs, one, 'no id', other] });
  expect(data).toEqual({ mediaFiles: [{ id: other }, null, { id: one }, null, { id: other }] });
  expect(cms.store.statements).toHaveLength(1);
  for (const ids of [[], Array.from({ length: 101 }, () => one)]) {
    const { errors } = await cms.graphql(query, { ids });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});
