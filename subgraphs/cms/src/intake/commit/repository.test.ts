import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type MediaStore,
  newFile,
  openMediaStore,
} from '../../files/media-file/testing/media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

async function reserve(storeId = 'ours') {
  const reservation = await store.reservations.reserve({ id: newId(), storeId });
  return reservation!;
}

const everythingWritten = async () =>
  (
    await Promise.all(['stores', 'media_files', 'media_contents', 'media_texts'].map(store.count))
  ).reduce((sum, count) => sum + count);

test('writes a file, its content, its texts and its store in one statement', async () => {
  const reservation = await reserve();
  store.statements.length = 0;
  const texts = new Map([['fr', 'Une plage']]);
  const committed = await store.commit(reservation, { details: { texts } });
  expect(store.statements).toHaveLength(1);
  expect(committed).toMatchObject({
    outcome: 'written',
    mediaFile: { id: reservation.id, storeId: 'ours', version: 1 },
  });
  expect(await everythingWritten()).toBe(4);
  expect(await store.count("uploads WHERE state = 'DONE'")).toBe(1);
});

test('writes nothing without a valid reservation', async () => {
  const [abandoned, done, theirs] = [await reserve(), await reserve(), await reserve('theirs')];
  expect(await store.reservations.abandon(abandoned.id)).toBe(true);
  await store.commit(done);
  const before = await everythingWritten();

  const attempts = [
    abandoned,
    done,
    { ...theirs, storeId: 'ours' },
    { id: newId(), storeId: 'ours', replaces: null },
  ];
  for (const reservation of attempts) {
    expect(await store.commit(reservation)).toMatchObject({ outcome: 'given up' });
  }
  expect(await everythingWritten()).toBe(before);
});

test('writes nothing if the database rejects one of the rows', async () => {
  const reservation = await reserve();
  const file = { details: { texts: new Map([['fr', 'x'.repeat(501)]]) } };
  await expect(store.commit(reservation, file)).rejects.toThrow('violates');
  expect(await everythingWritten()).toBe(0);
  expect(await store.count("uploads WHERE state = 'RESERVED'")).toBe(1);
});

test('either a commit or a concurrent recovery succeeds, never both', async () => {
  for (let round = 0; round < 10; round += 1) {
    const reservation = await reserve();
    const [committed, abandoned] = await Promise.all([
      store.commit(reservation),
      store.reservations.abandon(reservation.id),
    ]);
    expect(abandoned).toBe(committed.outcome === 'given up');
  }
});

test('concurrent first uploads create one store', async () => {
  await Promise.all(Array.from({ length: 8 }, () => store.addFile('new')));
  expect([await store.count('stores'), await store.count('media_files')]).toEqual([1, 8]);
});

test('concurrent uploads of the same bytes write one file if duplicates are not allowed', async () => {
  const file = newFile();
  const committed = await Promise.all(
    Array.from({ length: 8 }, async () =>
      store.commit(await reserve(), file, { onDuplicate: 'REJECT' }),
    ),
  );
  const written = committed.filter(({ outcome }) => outcome === 'written');
  expect(written).toHaveLength(1);
  expect(await store.count('media_files')).toBe(1);
  const [first] = written;
  for (const outcome of committed.filter((one) => one !== written[0])) {
    expect(outcome).toMatchObject({
      outcome: 'duplicate',
      mediaFile: Reflect.get(first!, 'mediaFile'),
    });
  }
});

test('a duplicate is in the same store, not in the trash, with the same visibility', async () => {
  const file = newFile();
  await store.addFile('theirs', file);
  const trashed = await store.addFile('ours', file);
  await store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [trashed.id]);
  const hidden = await store.addFile('ours', { ...file, details: { visibility: 'PRIVATE' } });

  const asPublic = await store.commit(await reserve(), file, { onDuplicate: 'REUSE' });
  expect(asPublic).toMatchObject({ outcome: 'written' });
  const details = { visibility: 'PRIVATE' } as const;
  const asPrivate = await store.commit(await reserve(), file, { onDuplicate: 'REUSE', details });
  expect(asPrivate).toMatchObject({ outcome: 'reused', mediaFile: { id: hidden.id } });
});
