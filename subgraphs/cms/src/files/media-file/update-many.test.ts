import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './testing/draw-jpeg.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

const UPDATE = `mutation ($input: UpdateMediaFilesInput!) { updateMediaFiles(input: $input) {
  mediaFile { id version folder tags visibility } userErrors { code field }
} }`;
const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

async function upload(details = {}, storeId = 'ours') {
  return (await cms.upload(await drawJpeg(), { input: { details }, storeId })).mediaFile.id;
}
const update = async (input: object) => {
  const { data, errors } = await cms.graphql(UPDATE, { input });
  expect(errors).toBeUndefined();
  return data!['updateMediaFiles'];
};

test('returns results in the order of the ids, each independent of the others', async () => {
  const full = Array.from({ length: 50 }, (_, index) => `tag ${index}`);
  const one = await upload({ tags: ['sea', 'sand'] });
  const other = await upload({ tags: full });
  const theirs = await upload({}, 'theirs');
  cms.store.statements.length = 0;
  const ids = [other, UNKNOWN_ID, one, theirs, 'no id', one.toUpperCase()];
  const outcomes = await update({
    ids,
    folder: 'brand/logos',
    addTags: ['sun', 'sand', 'sun'],
    removeTags: ['sea'],
    visibility: 'PRIVATE',
  });
  expect(cms.store.statements).toHaveLength(5);
  const mediaFile = {
    id: one,
    version: 2,
    folder: 'brand/logos',
    tags: ['sand', 'sun'],
    visibility: 'PRIVATE',
  };
  const missing = (index: number) => ({
    mediaFile: null,
    userErrors: [{ code: 'NOT_FOUND', field: ['input', 'ids', `${index}`] }],
  });
  expect(outcomes).toEqual([
    { mediaFile: null, userErrors: [{ code: 'INVALID', field: ['input', 'addTags'] }] },
    missing(1),
    { mediaFile, userErrors: [] },
    missing(3),
    missing(4),
    { mediaFile, userErrors: [] },
  ]);
  const { data } = await cms.graphql(`{ mediaFile(id: "${other}") { version folder } }`);
  expect(data!['mediaFile']).toEqual({ version: 1, folder: 'general' });
});

test('reports invalid input for every file, and changes none', async () => {
  const id = await upload();
  const outcomes = await update({
    ids: [id, UNKNOWN_ID],
    folder: '../../../x',
    addTags: ['fine', 'a,b'],
    removeTags: ['x'.repeat(101)],
  });
  const userErrors = ['folder', 'addTags', 'removeTags'].map((name) => ({
    code: 'INVALID',
    field: ['input', name],
  }));
  expect(outcomes).toEqual([
    { mediaFile: null, userErrors },
    { mediaFile: null, userErrors },
  ]);
  const { data } = await cms.graphql(`{ mediaFile(id: "${id}") { version } }`);
  expect(data!['mediaFile']).toEqual({ version: 1 });
});

test('absent values change nothing; null clears', async () => {
  const id = await upload({ folder: 'brand', visibility: 'PRIVATE' });
  expect(await update({ ids: [id] })).toMatchObject([{ mediaFile: { version: 1 } }]);
  const cleared = await update({ ids: [id], folder: null, addTags: null, visibility: null });
  expect(cleared).toMatchObject([
    { mediaFile: { version: 2, folder: 'general', visibility: 'PUBLIC', tags: [] } },
  ]);
});

test.each([0, 1001, 5000])('rejects %i ids', async (length) => {
  const input = { ids: Array.from({ length }, () => UNKNOWN_ID), folder: 'x' };
  const { data, errors } = await cms.graphql(UPDATE, { input });
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: ['input', 'ids'],
  });
});

test.each([
  ['a\0b\r\nc.jpg', 'abc.jpg'],
  ['photo\u202Egpj.jpg', 'photogpj.jpg'],
  ['🏖.jpg', '🏖.jpg'],
  ['x'.repeat(10_000), null],
  ['invoice.pdf', null],
  ['beach.png', null],
  ['beach.JPEG', 'beach.JPEG'],
  ['beach.final', 'beach.final'],
])('stores the new name %j as %j, or rejects it', async (originalFilename, expected) => {
  const id = await upload();
  const { data } = await cms.graphql(
    `mutation ($input: UpdateMediaInput!) { updateMedia(input: $input) {
      mediaFile { originalFilename } userErrors { code field }
    } }`,
    { input: { id, originalFilename, details: {} } },
  );
  expect(data!['updateMedia']).toEqual(
    expected === null
      ? {
          mediaFile: null,
          userErrors: [{ code: 'INVALID', field: ['input', 'originalFilename'] }],
        }
      : { mediaFile: { originalFilename: expected }, userErrors: [] },
  );
});
