import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './testing/draw-jpeg.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

test('a file of another store gets the same response as one that never existed', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg(), { storeId: 'theirs' });
  const query = `query ($id: ID!, $refs: [_Any!]!) {
    mediaFile(id: $id) { id }
    _entities(representations: $refs) { ... on MediaFile { id } }
  }`;
  const mutation = `mutation ($id: ID!) {
    updateMedia(input: { id: $id, details: { folder: "stolen" } }) {
      mediaFile { id } userErrors { code message field }
    }
  }`;
  const asked = (id: string) => [
    cms.graphql(query, { id, refs: [{ __typename: 'MediaFile', id }] }),
    cms.graphql(mutation, { id }),
  ];
  const [theirs, unknown, garbage] = await Promise.all(
    [mediaFile.id, UNKNOWN_ID, 'no id at all'].map((id) => Promise.all(asked(id))),
  );
  expect(theirs).toEqual(unknown);
  expect(theirs).toEqual(garbage);
  expect(theirs![0]!.data).toEqual({ mediaFile: null, _entities: [null] });
  expect(theirs![1]!.data!.updateMedia.userErrors).toEqual([
    { code: 'NOT_FOUND', message: 'The file does not exist.', field: ['input', 'id'] },
  ]);
});

test('every field needs its scope, except references', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const { id } = mediaFile;
  const refs = [{ __typename: 'MediaFile', id }];
  const reads = `query ($id: ID!, $refs: [_Any!]!) {
    mediaFile(id: $id) { id } _entities(representations: $refs) { ... on MediaFile { id } }
  }`;
  const { data, errors } = await cms.graphql(reads, { id, refs }, { scope: 'other:read' });
  expect(data).toEqual({ mediaFile: null, _entities: [{ id }] });
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);

  const refused = [
    '{ mediaLibrary { totalCount } }',
    `mutation { updateMedia(input: { id: "${id}", details: {} }) { mediaFile { id } } }`,
  ];
  for (const operation of refused) {
    const answer = await cms.graphql(operation, {}, { scope: 'other:read' });
    expect(answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});

test('references to many files are one statement, including texts and URLs', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1)
    ids.push((await cms.upload(await drawJpeg())).mediaFile.id);
  cms.store.statements.length = 0;
  const { data } = await cms.graphql(
    `query ($refs: [_Any!]!) { _entities(representations: $refs) {
      ... on MediaFile { id url altText(locale: "fr") altTexts { text } tags }
    } }`,
    { refs: [...ids, ...ids].map((id) => ({ __typename: 'MediaFile', id })) },
  );
  expect(data!._entities.map(({ id }: { id: string }) => id)).toEqual([...ids, ...ids]);
  expect(cms.store.statements).toHaveLength(1);
});

test('a change returns the changed file, or the reason why it was rejected', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg(), {
    input: { details: { altText: 'Old' } },
  });
  const change = async (input: object) => {
    const { data, errors } = await cms.graphql(
      `mutation ($input: UpdateMediaInput!) { updateMedia(input: $input) {
        mediaFile { version altText folder originalFilename updatedAt } userErrors { code field }
      } }`,
      { input: { id: mediaFile.id, ...input } },
    );
    expect(errors).toBeUndefined();
    return data!.updateMedia;
  };
  const changed = await change({
    version: 1,
    originalFilename: '../new\u202Egpj.jpg',
    details: { altText: null },
  });
  expect(changed).toMatchObject({
    mediaFile: { version: 2, altText: null, folder: 'general', originalFilename: 'newgpj.jpg' },
    userErrors: [],
  });
  expect(await change({ version: 1, details: { folder: 'late' } })).toEqual({
    mediaFile: null,
    userErrors: [{ code: 'CONFLICT', field: ['input', 'version'] }],
  });
  const wrong = { originalFilename: null, details: { folder: '..', focalPoint: { x: 2, y: 0 } } };
  expect((await change(wrong)).userErrors).toEqual([
    { code: 'INVALID', field: ['input', 'details', 'folder'] },
    { code: 'INVALID', field: ['input', 'details', 'focalPoint', 'x'] },
    { code: 'INVALID', field: ['input', 'originalFilename'] },
  ]);
  expect((await change({ version: 2, details: {} })).mediaFile).toMatchObject({
    folder: 'general',
    version: 2,
  });
  expect((await change({ version: 1, details: {} })).userErrors).toMatchObject([
    { code: 'CONFLICT' },
  ]);
});

test('the URL of a file stops working when it becomes PRIVATE or is trashed', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const { id } = mediaFile;
  const { data } = await cms.graphql(
    `mutation { updateMedia(input: { id: "${id}", details: { visibility: PRIVATE } }) {
      mediaFile { url download: url(download: true) }
    } }`,
  );
  const { url, download } = data!.updateMedia.mediaFile;
  expect(url).toContain('expires=');
  const [old, fresh, saved] = await Promise.all(
    [mediaFile.url, url, download].map((at) => fetch(at)),
  );
  expect([old!.ok, fresh!.ok, saved!.ok]).toEqual([false, true, true]);
  expect(saved!.headers.get('content-disposition')).toContain('attachment');

  await cms.store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [id]);
  const trashed = await cms.graphql(`{ mediaFile(id: "${id}") { url trashedAt } }`);
  expect(trashed.data!.mediaFile).toEqual({ url: null, trashedAt: expect.any(String) });
  // The caches learn of it by a notification.
  await expect.poll(async () => (await fetch(url)).ok).toBe(false);
});
