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

test('reads contents newest first, for all files in one statement', async () => {
  const [one, other] = await Promise.all([store.addFile('ours'), store.addFile('ours')]);
  await store.pool.query(
    `INSERT INTO media_contents (media_id, number, store_id, filename, media_type, mime_type, file_size, checksum, file_path)
     SELECT media_id, 2, store_id, filename, media_type, mime_type, 7, checksum, file_path || '.2'
     FROM media_contents WHERE media_id = $1`,
    [one.id],
  );
  store.statements.length = 0;
  const { contents } = createMediaLoaders(store.files, 'ours');
  const [first, second] = await Promise.all([contents.load(one.id), contents.load(other.id)]);
  expect(first.map(({ number, fileSize }) => [number, fileSize])).toEqual([
    [2, 7],
    [1, 200_000],
  ]);
  expect(second).toHaveLength(1);
  expect(store.statements).toHaveLength(1);
});
