import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from './testing/media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

test('a file of another store is unknown, like one that never existed', async () => {
  const theirs = await store.addFile('theirs');
  expect(await store.files.findFiles('ours', [theirs.id, newId()])).toEqual([]);
  expect(await store.files.findContents('ours', [theirs.id], { before: null, limit: 9 })).toEqual(
    [],
  );
  const deliverable = { storeId: 'ours', mediaId: theirs.id, contentNumber: 1 };
  expect(await store.files.findDeliverable(deliverable)).toBeNull();
  expect((await store.files.findFiles('theirs', [theirs.id]))[0]?.folder).toBe('general');
});

test('reads files with their texts in one statement', async () => {
  const texts = new Map([
    ['fr', 'Une plage'],
    ['de', 'Ein Strand'],
  ]);
  const written = await store.addFile('ours', { details: { texts, tags: ['sea', 'a "b" {c}'] } });
  const other = await store.addFile('ours', { byteSize: Number.MAX_SAFE_INTEGER });

  store.statements.length = 0;
  const found = await store.files.findFiles('ours', [written.id, other.id]);
  expect(store.statements).toHaveLength(1);
  expect(found.find(({ id }) => id === written.id)).toEqual(written);
  expect(written.texts.map(({ locale }) => locale)).toEqual(['de', 'fr']);
  expect(found.find(({ id }) => id === other.id)?.fileSize).toBe(Number.MAX_SAFE_INTEGER);
});

test('does not deliver files in the trash, or contents that never existed', async () => {
  const { id } = await store.addFile('ours', {
    originalFilename: 'café.jpg',
    details: { visibility: 'PRIVATE' },
  });
  const ref = { storeId: 'ours', mediaId: id, contentNumber: 1 };
  expect(await store.files.findDeliverable({ ...ref, contentNumber: 2 })).toBeNull();
  expect(await store.files.findDeliverable(ref)).toMatchObject({
    byteSize: 200_000,
    mimeType: 'image/jpeg',
    originalFilename: 'café.jpg',
    isPrivate: true,
  });
  await store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [id]);
  expect(await store.files.findDeliverable(ref)).toBeNull();
});

test.each([
  ['checksum', "'ABC'"],
  ['file_size', '0'],
  ['file_size', '9007199254740992'],
  ['focal_x', '0.5'],
  ['width', 'NULL'],
  ['folder', "''"],
  ['alt_text', "repeat('x', 501)"],
  ['title', "''"],
  ['title', "repeat('x', 256)"],
  ['tags', "array_fill('x'::text, ARRAY[51])"],
  ['tags', 'ARRAY[NULL]::text[]'],
  ['duration_seconds', "'NaN'"],
  ['store_id', "'nobody'"],
])('the database rejects %s = %s', async (column, value) => {
  const { id } = await store.addFile('ours');
  const written = store.pool.query(`UPDATE media_files SET ${column} = ${value} WHERE id = $1`, [
    id,
  ]);
  await expect(written).rejects.toThrow('violates');
});
