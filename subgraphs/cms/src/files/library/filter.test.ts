import { expect, test } from 'vitest';
import type { MediaLibraryFilter } from '../../generated/graphql.ts';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

test('media types and MIME types match any of those given', async () => {
  await tests.add('kinds', { name: 'a.jpg' });
  await tests.add('kinds', { name: 'b.png', columns: { mime_type: 'image/png' } });
  const pdf = { media_type: 'DOCUMENT', mime_type: 'application/pdf', width: null, height: null };
  const { width: _w, height: _h, ...columns } = pdf;
  await tests.add('kinds', { name: 'c.pdf', columns });
  const named = (filter: MediaLibraryFilter) => tests.namesOf('kinds', filter);
  expect(await named({ mediaType: ['IMAGE'] })).toEqual(['a.jpg', 'b.png']);
  expect(await named({ mediaType: ['DOCUMENT', 'VIDEO'] })).toEqual(['c.pdf']);
  expect(await named({ mediaType: ['VIDEO'] })).toEqual([]);
  expect(await named({ mimeType: ['IMAGE/png'] })).toEqual(['b.png']);
  expect(await named({ mimeType: ['image/png', 'application/pdf'] })).toEqual(['b.png', 'c.pdf']);
  expect(await named({ mediaType: ['IMAGE'], mimeType: ['application/pdf'] })).toEqual([]);
});

test('absent, null and empty conditions match all files', async () => {
  await tests.add('nothing');
  const nothing = { mediaType: [], mimeType: [], tags: [], search: ' ', used: null, fileSize: {} };
  for (const filter of [null, {}, nothing, { createdAt: { from: null, to: null }, tags: null }]) {
    expect(await tests.namesOf('nothing', filter)).toHaveLength(1);
  }
});

test('a folder matches exactly, a tree with all folders below it, both literally', async () => {
  for (const folder of ['a_b', 'a_b/c', 'a_b/c/d', 'a_b0', 'a_b-x', 'axb', 'axb/c', 'a_B/c']) {
    await tests.add('folders', { name: folder.replaceAll('/', '.'), details: { folder } });
  }
  const named = (filter: MediaLibraryFilter) => tests.namesOf('folders', filter);
  expect(await named({ folder: 'a_b' })).toEqual(['a_b']);
  expect(await named({ folder: '/a_b//c/' })).toEqual(['a_b.c']);
  expect(await named({ folderTree: 'a_b' })).toEqual(['a_b', 'a_b.c', 'a_b.c.d']);
  expect(await named({ folderTree: 'a_b/c' })).toEqual(['a_b.c', 'a_b.c.d']);
  expect(await named({ folderTree: 'a%' })).toEqual([]);
});

test('a file must have all given tags', async () => {
  await tests.add('tags', { name: 'a', details: { tags: ['summer', 'sea'] } });
  await tests.add('tags', { name: 'b', details: { tags: ['summer'] } });
  expect(await tests.namesOf('tags', { tags: ['summer'] })).toEqual(['a', 'b']);
  expect(await tests.namesOf('tags', { tags: [' sea ', 'summer', 'sea'] })).toEqual(['a']);
  expect(await tests.namesOf('tags', { tags: ['summ'] })).toEqual([]);
});

test('files match by usage, missing text, checksum, size and age', async () => {
  const add = (name: string, details: object, columns: object) =>
    tests.add('facts', { name, details, columns: { ...columns } });
  const checksum = 'ab'.repeat(32);
  await add('a', {}, { usage_count: 2, checksum, created_at: '2026-01-01T00:00:00.000Z' });
  await add('b', { altText: 'b' }, { file_size: 10, created_at: '2026-01-02T00:00:00.000Z' });
  await add('c', { texts: new Map([['fr', 'c']]) }, { file_size: 11 });
  await add('d', { decorative: true }, {});
  const named = (filter: MediaLibraryFilter) => tests.namesOf('facts', filter);
  expect(await named({ used: true })).toEqual(['a']);
  expect(await named({ used: false })).toEqual(['b', 'c', 'd']);
  expect(await named({ missingAltText: true })).toEqual(['a']);
  expect(await named({ missingAltText: false })).toEqual(['b', 'c', 'd']);
  expect(await named({ checksum: checksum.toUpperCase() })).toEqual(['a']);
  expect(await named({ fileSize: { min: 10, max: 10 } })).toEqual(['b']);
  expect(await named({ fileSize: { max: 11 } })).toEqual(['b', 'c']);
  expect(await named({ fileSize: { min: 12 } })).toEqual(['a', 'd']);
  const [first, second] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-02T00:00:00Z')];
  expect(await named({ createdAt: { from: first, to: second } })).toEqual(['a', 'b']);
  expect(await named({ createdAt: { from: second, to: second } })).toEqual(['b']);
  expect(await named({ createdAt: { to: new Date('0000-01-01T00:00:00Z') } })).toEqual([]);
});

test('files match by any of the uploaders, who are compared as they are', async () => {
  for (const [name, created_by] of Object.entries({
    a: 'Zoé',
    b: 'oidc|zoé 7',
    c: 'Zoe',
    d: null,
  })) {
    await tests.add('uploaders', { name, columns: { created_by } });
  }
  await tests.add('other', { columns: { created_by: 'Zoé' } });
  const named = (createdBy: string[]) => tests.namesOf('uploaders', { createdBy });
  expect(await named(['Zoé'])).toEqual(['a']);
  expect(await named(['Zoe', 'oidc|zoé 7', 'Zoe'])).toEqual(['b', 'c']);
  expect(await named(['zoé'])).toEqual([]);
  expect(await named([])).toEqual(['a', 'b', 'c', 'd']);
});

test('excludes the trash, or lists only the trash, or all files', async () => {
  await tests.add('trash', { name: 'live', columns: { file_size: 2 } });
  await tests.add('trash', { name: 'gone', columns: { trashed_at: new Date(), file_size: 1 } });
  await tests.add('other', { columns: { trashed_at: new Date() } });
  const ofTrash = async (filter: MediaLibraryFilter | null) => tests.namesOf('trash', filter);
  expect(await ofTrash(null)).toEqual(['live']);
  expect(await ofTrash({})).toEqual(['live']);
  expect(await ofTrash({ trashed: false })).toEqual(['live']);
  expect(await ofTrash({ trashed: true })).toEqual(['gone']);
  expect(await ofTrash({ trashed: null })).toEqual(['gone', 'live']);
  expect(await ofTrash({ trashed: null, search: 'gon' })).toEqual(['gone']);
});

test.each<[MediaLibraryFilter, string[]]>([
  [{ fileSize: { min: -1 } }, ['fileSize', 'min']],
  [{ fileSize: { max: -1 } }, ['fileSize', 'max']],
  [{ fileSize: { min: 2, max: 1 } }, ['fileSize', 'min']],
  [{ createdAt: { from: new Date(2), to: new Date(1) } }, ['createdAt', 'from']],
  [{ folder: '../../../x' }, ['folder']],
  [{ folder: ' / ' }, ['folder']],
  [{ folderTree: 'a\\b' }, ['folderTree']],
  [{ folderTree: 'x'.repeat(101) }, ['folderTree']],
  [{ search: 'x'.repeat(201) }, ['search']],
  [{ search: '1 2 3 4 5 6 7 8 9 10 11' }, ['search']],
  [{ search: 'a\0b' }, ['search']],
  [{ tags: ['a,b'] }, ['tags']],
  [{ tags: [''] }, ['tags']],
  [{ mimeType: ['image/*'] }, ['mimeType']],
  [{ createdBy: [''] }, ['createdBy']],
  [{ createdBy: ['a\u0000'] }, ['createdBy']],
  [{ createdBy: ['x'.repeat(256)] }, ['createdBy']],
  [{ createdBy: Array.from({ length: 51 }, (_, at) => `user ${at}`) }, ['createdBy']],
  [{ checksum: 'ab' }, ['checksum']],
])('rejects %j without a statement', async (filter, field) => {
  tests.store.statements.length = 0;
  await expect(tests.library.page(callerOf('ours'), { filter })).rejects.toMatchObject({
    extensions: { code: 'BAD_USER_INPUT', field: ['filter', ...field] },
  });
  expect(tests.store.statements).toEqual([]);
});
