import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, newFile, openMediaStore } from '../media-file/testing/media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

async function reserve(storeId = 'ours') {
  const reservation = { id: newId(), storeId };
  await store.reservations.reserve(reservation);
  return reservation;
}

const everythingWritten = async () =>
  (
    await Promise.all(['stores', 'media_files', 'media_contents', 'media_texts'].map(store.count))
  ).reduce((sum, count) => sum + count);

test('a file, its content, its texts and its store are written in one statement', async () => {
  const reservation = await reserve();
  store.statements.length = 0;
  const texts = new Map([['fr', 'Une plage']]);
  const committed = await store.uploads.commit(reservation, newFile({ details: { texts } }), null);
  expect(store.statements).toHaveLength(1);
  expect(committed).toMatchObject({ written: { id: reservation.id, storeId: 'ours', version: 1 } });
  expect(await everythingWritten()).toBe(4);
  expect(await store.count("uploads WHERE state = 'DONE'")).toBe(1);
});

test('nothing is written without a reservation that holds', async () => {
  const [abandoned, done, theirs] = [await reserve(), await reserve(), await reserve('theirs')];
  expect(await store.reservations.abandon(abandoned.id)).toBe(true);
  await store.uploads.commit(done, newFile(), null);
  const before = await everythingWritten();

  const attempts = [
    abandoned,
    done,
    { ...theirs, storeId: 'ours' },
    { id: newId(), storeId: 'ours' },
  ];
  for (const reservation of attempts) {
    expect(await store.uploads.commit(reservation, newFile(), null)).toBe('given up');
  }
  expect(await everythingWritten()).toBe(before);
});

test('a row the database refuses takes all others with it', async () => {
  const reservation = await reserve();
  const file = newFile({ details: { texts: new Map([['fr', 'x'.repeat(501)]]) } });
  await expect(store.uploads.commit(reservation, file, null)).rejects.toThrow('violates');
  expect(await everythingWritten()).toBe(0);
  expect(await store.count("uploads WHERE state = 'RESERVED'")).toBe(1);
});

test('a commit and a recovery that race never both win', async () => {
  for (let round = 0; round < 10; round += 1) {
    const reservation = await reserve();
    const [committed, abandoned] = await Promise.all([
      store.uploads.commit(reservation, newFile(), null),
      store.reservations.abandon(reservation.id),
    ]);
    expect(abandoned).toBe(committed === 'given up');
  }
});

test('many first files of a store at once make one store', async () => {
  await Promise.all(Array.from({ length: 8 }, () => store.addFile('new')));
  expect([await store.count('stores'), await store.count('media_files')]).toEqual([1, 8]);
});

test('the same bytes at once are written once when duplicates are not wanted', async () => {
  const file = newFile();
  const committed = await Promise.all(
    Array.from({ length: 8 }, async () =>
      store.uploads.commit(await reserve(), file, { visibility: null }),
    ),
  );
  const written = committed.filter(
    (outcome) => typeof outcome === 'object' && 'written' in outcome,
  );
  expect(written).toHaveLength(1);
  expect(await store.count('media_files')).toBe(1);
  const { id } = written[0]!.written;
  for (const outcome of committed.filter((one) => one !== written[0])) {
    expect(outcome).toMatchObject({ existing: { id } });
  }
});

test('other stores, the trash and another visibility have not “the same bytes”', async () => {
  const file = newFile();
  await store.addFile('theirs', file);
  const trashed = await store.addFile('ours', file);
  await store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [trashed.id]);
  const hidden = await store.addFile('ours', { ...file, details: { visibility: 'PRIVATE' } });

  const asPublic = await store.uploads.commit(await reserve(), file, { visibility: 'PUBLIC' });
  expect(asPublic).toHaveProperty('written');
  const asPrivate = await store.uploads.commit(await reserve(), file, { visibility: 'PRIVATE' });
  expect(asPrivate).toMatchObject({ existing: { id: hidden.id } });
});
