import { expect, test } from 'vitest';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

test('folders are a tree with exact counts, including parents without files', async () => {
  for (const folder of ['general', 'a/b/c', 'a/b/c', 'a-b', 'Z/ä']) {
    await tests.add('ours', { details: { folder } });
  }
  await tests.add('ours', { details: { folder: 'gone' }, columns: { trashed_at: new Date() } });
  await tests.add('theirs', { details: { folder: 'their own' } });
  tests.store.statements.length = 0;
  expect(await tests.library.folders(callerOf('ours'))).toEqual([
    { path: 'Z', name: 'Z', parentPath: null, mediaCount: 0 },
    { path: 'Z/ä', name: 'ä', parentPath: 'Z', mediaCount: 1 },
    { path: 'a', name: 'a', parentPath: null, mediaCount: 0 },
    { path: 'a-b', name: 'a-b', parentPath: null, mediaCount: 1 },
    { path: 'a/b', name: 'b', parentPath: 'a', mediaCount: 0 },
    { path: 'a/b/c', name: 'c', parentPath: 'a/b', mediaCount: 2 },
    { path: 'general', name: 'general', parentPath: null, mediaCount: 1 },
  ]);
  expect(tests.store.statements).toHaveLength(1);
});

test('a store without files has no folders', async () => {
  expect(await tests.library.folders(callerOf('nobody'))).toEqual([]);
});
