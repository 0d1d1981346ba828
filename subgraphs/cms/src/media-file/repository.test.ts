import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from './testing/media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

test('another store’s file is as unknown as one that never was', async () => {
  const theirs = await store.addFile('theirs');
  expect(await store.files.findFiles('ours', [theirs.id, newId()])).toEqual([]);
  expect(await store.files.findContents('ours', [theirs.id])).toEqual([]);
  const change = { id: theirs.id, storeId: 'ours', folder: 'stolen' };
  expect(await store.files.update(change)).toBe('unknown');
  const deliverable = { storeId: 'ours', mediaId: theirs.id, contentNumber: 1 };
  expect(await store.files.findDeliverable(deliverable)).toBeNull();
  expect((await store.files.findFiles('theirs', [theirs.id]))[0]?.folder).toBe('general');
});

test('files are read with their texts in one statement', async () => {
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

test('a change writes what is given, leaves the rest and counts up the version', async () => {
  const details = { altText: 'A beach', description: 'Summer', tags: ['sea'], decorative: true };
  const file = await store.addFile('ours', {
    details: { ...details, focalPoint: { x: 0.1, y: 1 } },
  });
  const changed = await store.files.update({
    id: file.id,
    storeId: 'ours',
    version: 1,
    description: null,
    visibility: 'PRIVATE',
    originalFilename: 'strand.jpg',
  });
  expect(changed).toMatchObject({
    ...details,
    description: null,
    visibility: 'PRIVATE',
    originalFilename: 'strand.jpg',
    focalX: 0.1,
    focalY: 1,
    version: 2,
    createdAt: file.createdAt,
  });
  const moved = await store.files.update({ id: file.id, storeId: 'ours', focalPoint: null });
  expect(moved).toMatchObject({ focalX: null, focalY: null, visibility: 'PRIVATE', version: 3 });
});

test('texts are changed language by language', async () => {
  const texts = new Map([
    ['fr', 'Une plage'],
    ['de', 'Ein Strand'],
    ['it', 'Una spiaggia'],
  ]);
  const { id } = await store.addFile('ours', { details: { texts } });
  const update = async (change: ReadonlyMap<string, string | null> | null) => {
    const changed = await store.files.update({ id, storeId: 'ours', texts: change });
    if (typeof changed === 'string') throw new Error(changed);
    return changed.texts.map(({ locale, text }) => `${locale}: ${text}`);
  };
  const change = new Map([
    ['fr', 'La plage'],
    ['de', null],
    ['es', 'Una playa'],
  ]);
  expect(await update(change)).toEqual(['es: Una playa', 'fr: La plage', 'it: Una spiaggia']);
  expect(await update(new Map())).toHaveLength(3);
  expect(await update(null)).toEqual([]);
});

test('of several changes of the same version exactly one wins, and the others change nothing', async () => {
  const { id } = await store.addFile('ours');
  const outcomes = await Promise.all(
    ['a', 'b', 'c', 'd'].map((folder) =>
      store.files.update({
        id,
        storeId: 'ours',
        version: 1,
        folder,
        texts: new Map([['fr', folder]]),
      }),
    ),
  );
  const [winner, ...others] = outcomes.filter((outcome) => typeof outcome !== 'string');
  expect(others).toEqual([]);
  expect(outcomes.filter((outcome) => outcome === 'stale')).toHaveLength(3);
  expect(await store.files.findFiles('ours', [id])).toEqual([winner]);
});

test('what is in the trash, or was never there, is not delivered', async () => {
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
  ['tags', "array_fill('x'::text, ARRAY[51])"],
  ['tags', 'ARRAY[NULL]::text[]'],
  ['duration_seconds', "'NaN'"],
  ['store_id', "'nobody'"],
])('the database itself refuses %s = %s', async (column, value) => {
  const { id } = await store.addFile('ours');
  const written = store.pool.query(`UPDATE media_files SET ${column} = ${value} WHERE id = $1`, [
    id,
  ]);
  await expect(written).rejects.toThrow('violates');
});
