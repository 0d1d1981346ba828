import { expect, test } from 'vitest';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

test('tags are counted, most used first, and found by how they begin', async () => {
  for (const tags of [['sea', 'Été', '100%'], ['sea', 'summer'], ['sea'], ['Sea urchin']]) {
    await tests.add('ours', { details: { tags } });
  }
  await tests.add('ours', { details: { tags: ['gone'] }, columns: { trashed_at: new Date() } });
  await tests.add('theirs', { details: { tags: ['seagull'] } });
  const tagsOf = async (search = '', first = 100) =>
    (await tests.library.tags(callerOf('ours'), { search, first })).map(
      ({ name, mediaCount }) => `${name} ${mediaCount}`,
    );
  tests.store.statements.length = 0;
  expect(await tagsOf()).toEqual(['sea 3', '100% 1', 'Sea urchin 1', 'summer 1', 'Été 1']);
  expect(tests.store.statements).toHaveLength(1);
  expect(await tagsOf('se')).toEqual(['sea 3', 'Sea urchin 1']);
  expect(await tagsOf('ETE')).toEqual(['Été 1']);
  expect(await tagsOf('%')).toEqual([]);
  expect(await tagsOf('', 2)).toEqual(['sea 3', '100% 1']);
  for (const first of [0, 1_001]) {
    await expect(tagsOf('', first)).rejects.toThrow('first must be between 1 and 1000.');
  }
  await expect(tagsOf('a\u0000')).rejects.toThrow('must not contain control characters.');
  await expect(tagsOf('x'.repeat(101))).rejects.toThrow('search is too long.');
});
