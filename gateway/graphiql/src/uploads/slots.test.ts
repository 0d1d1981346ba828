import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { uploadSlots } from './slots.ts';

const schema = buildSchema(`
  scalar Upload
  type Query { a: Int }
  input Item { file: Upload! children: [Item!] name: String }
  input Album { cover: Upload pages: [[Upload!]!]! items: [Item!] }
`);

const slotsOf = (query: string, operationName?: string) =>
  uploadSlots({ query, operationName }, schema).map(({ path }) => path.join('.'));

test.each([
  ['$file: Upload!', ['file']],
  ['$a: Upload, $b: Int, $c: [Upload!]!', ['a', 'c.*']],
  ['$input: Item!', ['input.file']],
  ['$input: [Item!]!', ['input.*.file']],
  ['$album: Album', ['album.cover', 'album.pages.*.*', 'album.items.*.file']],
  ['$name: String, $missing: Missing', []],
])('(%s) takes files at %j', (variables, paths) => {
  expect(slotsOf(`query (${variables}) { a }`)).toEqual(paths);
});

test('a place in a list takes several files', () => {
  const slots = uploadSlots({ query: 'query ($a: Upload, $b: [Upload]) { a }' }, schema);
  expect(slots.map(({ isList }) => isList)).toEqual([false, true]);
});

test.each([
  ['$file: Upload!', true],
  ['$file: Upload', false],
  ['$files: [Upload!]!', false],
  ['$input: Item!', false],
])('(%s) has to be a file: %j', (variables, isRequired) => {
  const slots = uploadSlots({ query: `query (${variables}) { a }` }, schema);
  expect(slots).toMatchObject([{ isRequired }]);
});

test('reads the operation that is executed', () => {
  const query = 'query A($a: Upload) { a } query B($b: Upload) { a }';
  expect([slotsOf(query, 'A'), slotsOf(query, 'B'), slotsOf(query)]).toEqual([['a'], ['b'], []]);
  expect(slotsOf('query A($a: Upload) { a }', 'NameOfThePreviousTab')).toEqual(['a']);
});

test('without a schema, finds the variables that are files', () => {
  const query = 'query ($file: [Upload!], $input: Item) { a }';
  expect(uploadSlots({ query }, null)).toEqual([
    { path: ['file', '*'], isList: true, isRequired: false },
  ]);
});

test.each(['', '{', 'query ($file: Upload', '# only a comment'])('%j takes no files', (query) => {
  expect(slotsOf(query)).toEqual([]);
});
