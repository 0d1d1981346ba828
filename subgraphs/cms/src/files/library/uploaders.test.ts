import { expect, test } from 'vitest';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

test('uploaders are listed once, by name, and found by a part of it', async () => {
  const uploaders = ['oidc|7', 'Zoé', 'ann@example.com', 'Zoé', '100%', null];
  for (const created_by of uploaders) await tests.add('ours', { columns: { created_by } });
  await tests.add('ours', { columns: { created_by: 'gone', trashed_at: new Date() } });
  await tests.add('theirs', { columns: { created_by: 'stranger' } });
  const uploadersOf = async (search = '', first = 100) =>
    (await tests.library.uploaders(callerOf('ours'), { search, first })).map(({ name }) => name);

  tests.store.statements.length = 0;
  expect(await uploadersOf()).toEqual(['100%', 'Zoé', 'ann@example.com', 'oidc|7']);
  expect(tests.store.statements).toHaveLength(1);
  expect(await uploadersOf('EXAMPLE')).toEqual(['ann@example.com']);
  expect(await uploadersOf('oe')).toEqual(['Zoé']);
  expect(await uploadersOf('%')).toEqual(['100%']);
  expect(await uploadersOf('', 2)).toEqual(['100%', 'Zoé']);
  for (const first of [0, 1_001]) {
    await expect(uploadersOf('', first)).rejects.toThrow('first must be between 1 and 1000.');
  }
  await expect(uploadersOf('a\u0000')).rejects.toThrow('must not contain control characters.');
  await expect(uploadersOf('x'.repeat(256))).rejects.toThrow('search is too long.');
});

test('a store without files has no uploaders', async () => {
  expect(await tests.library.uploaders(callerOf('nobody'), {})).toEqual([]);
});
