import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './testing/draw-jpeg.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

/** A file whose second set of bytes is current. */
async function uploadTwice() {
  const { mediaFile } = await cms.upload(await drawJpeg());
  await cms.store.pool.query(
    `WITH second AS (
       INSERT INTO media_contents
       SELECT media_id, 2, store_id, filename, media_type, mime_type, 42, repeat('b', 64), 10, 20,
         duration_seconds, thumb_hash, 'ours/' || media_id || '/2-b.jpg', now()
       FROM media_contents WHERE media_id = $1 RETURNING *
     )
     UPDATE media_files f SET content_number = 2, last_content_number = 2, file_size = 42,
       checksum = repeat('b', 64), width = 10, height = 20, file_path = second.file_path
     FROM second WHERE f.id = second.media_id`,
    [mediaFile.id],
  );
  return mediaFile;
}

const restore = async (input: object) => {
  const { data, errors } = await cms.graphql(
    `mutation ($input: RestoreMediaContentInput!) { restoreMediaContent(input: $input) {
      mediaFile { version url width contentVersions { number current } } userErrors { code field }
    } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data!['restoreMediaContent'];
};

test('earlier bytes become current again, with another URL than the later ones', async () => {
  const { id, url } = await uploadTwice();
  const { mediaFile } = await restore({ id, number: 1, version: 1 });
  expect(mediaFile).toMatchObject({
    version: 2,
    url,
    width: 64,
    contentVersions: [
      { number: 2, current: false },
      { number: 1, current: true },
    ],
  });
  expect((await fetch(mediaFile.url)).ok).toBe(true);
  const { rows } = await cms.store.pool.query(
    `SELECT action, changes FROM audit_entries WHERE media_id = $1 AND action = 'contentRestored'`,
    [id],
  );
  expect(rows).toHaveLength(1);
  expect(rows[0].changes).toContainEqual({ field: 'contentNumber', before: '2', after: '1' });
  expect(rows[0].changes).toContainEqual({ field: 'width', before: '10', after: '64' });

  expect((await restore({ id, number: 1 })).mediaFile).toEqual(mediaFile);
  expect((await restore({ id, number: 2 })).mediaFile).toMatchObject({ version: 3, width: 10 });
});

test.each([
  [{ number: 3 }, { code: 'INVALID', field: ['input', 'number'] }],
  [{ number: -1 }, { code: 'INVALID', field: ['input', 'number'] }],
  [
    { number: 1, version: 7 },
    { code: 'CONFLICT', field: ['input', 'version'] },
  ],
  [
    { number: 1, id: 'no id' },
    { code: 'NOT_FOUND', field: ['input', 'id'] },
  ],
])('rejects %j with %j', async (input, error) => {
  const { id } = await uploadTwice();
  expect(await restore({ id, ...input })).toEqual({ mediaFile: null, userErrors: [error] });
});

test('does not change files of another store, or in the trash', async () => {
  const { mediaFile: theirs } = await cms.upload(await drawJpeg(), { storeId: 'theirs' });
  expect((await restore({ id: theirs.id, number: 1 })).userErrors).toMatchObject([
    { code: 'NOT_FOUND' },
  ]);
  const { id } = await uploadTwice();
  await cms.graphql(`mutation { deleteMedia(input: { id: "${id}" }) { userErrors { code } } }`);
  expect((await restore({ id, number: 1 })).userErrors).toEqual([
    { code: 'INVALID', field: ['input', 'id'] },
  ]);
});
