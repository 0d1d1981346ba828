import { createHash } from 'node:crypto';
import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { createRenditionRepository } from './repository.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

async function addFile() {
  const { id: mediaId } = await store.addFile('ours');
  const { keep } = createRenditionRepository({ pool: store.pool });
  return (name: string, { maxAdHoc = 3, bytes = name } = {}) => {
    const checksum = createHash('sha256').update(bytes).digest('hex');
    const stored = {
      mimeType: 'image/webp',
      byteSize: 1,
      checksum,
      storageKey: `${name}-${bytes}`,
    };
    const ref = { storeId: 'ours', mediaId, contentNumber: 1, name };
    return keep(ref, stored, { isAdHoc: true, maxAdHoc });
  };
}

test('keeps no more ad hoc renditions than allowed, and returns the keys of all others', async () => {
  const keep = await addFile();
  const names = Array.from({ length: 20 }, () => newId());
  const unused = (await Promise.all(names.map((name) => keep(name)))).flat();
  expect(await store.count('media_renditions')).toBe(3);
  expect(new Set(unused).size).toBe(17);
});

test('returns the key of a replaced object', async () => {
  const keep = await addFile();
  expect(await keep('a', { bytes: 'old' })).toEqual([]);
  expect(await keep('a', { bytes: 'old' })).toEqual([]);
  expect(await keep('a', { bytes: 'new' })).toEqual(['a-old']);
});
