import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMediaLoaders } from './loader.ts';
import { type MediaStore, openMediaStore } from './testing/media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

test('reads all files of a request in one statement, even if some ids are unknown', async () => {
  const [one, other, theirs] = await Promise.all([
    store.addFile('ours'),
    store.addFile('ours'),
    store.addFile('theirs'),
  ]);
  store.statements.length = 0;
  const mediaFiles = createMediaLoaders(store.files, 'ours').mediaFiles();
  const wanted = [one.id, 'no id', theirs.id, other.id, one.id.toUpperCase(), newId(), one.id];
  const found = await Promise.all(wanted.map((id) => mediaFiles.load(id)));

  expect(found.map((file) => file?.id)).toEqual([
    one.id,
    undefined,
    undefined,
    other.id,
    one.id,
    undefined,
    one.id,
  ]);
  expect(store.statements).toHaveLength(1);
});

test('sends no statement when no id is valid', async () => {
  store.statements.length = 0;
  const mediaFiles = createMediaLoaders(store.files, 'ours').mediaFiles();
  expect(await mediaFiles.load("'; DROP TABLE media_files")).toBeNull();
  expect(store.statements).toEqual([]);
});

test('reads contents newest first, the same page of all files in one statement', async () => {
  const [one, other] = await Promise.all([store.addFile('ours'), store.addFile('ours')]);
  await store.pool.query(
    `INSERT INTO media_contents (media_id, number, store_id, filename, media_type, mime_type, file_size, checksum, file_path)
     SELECT media_id, added, store_id, filename, media_type, mime_type, added, checksum, file_path || '.' || added
     FROM media_contents, unnest(ARRAY[2, 3, 5]) AS added WHERE media_id = $1`,
    [one.id],
  );
  store.statements.length = 0;
  const { contents } = createMediaLoaders(store.files, 'ours');
  const page = (mediaId: string, before: number | null, limit: number) =>
    contents.load({ mediaId, before, limit });
  const pages = await Promise.all([
    page(one.id, null, 2),
    page(other.id, null, 2),
    page(one.id, 3, 2),
    page(other.id, 1, 2),
  ]);
  expect(pages.map((each) => each.map(({ number, fileSize }) => [number, fileSize]))).toEqual([
    [
      [5, 5],
      [3, 3],
    ],
    [[1, 200_000]],
    [
      [2, 2],
      [1, 200_000],
    ],
    [],
  ]);
  // One for the first pages, and one for each other position.
  expect(store.statements).toHaveLength(3);
});
