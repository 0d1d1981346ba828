import { expect, test } from 'vitest';
import { multipartOf } from './multipart.ts';

const file = (name: string) => new File([name], name);

/** The parts of the form, with the names of files. */
function partsOf(variables: unknown, slots: Record<string, string[]>) {
  const filled = Object.entries(slots).map(([path, names]) => ({
    slot: { path: path.split('.'), isList: path.includes('*'), isRequired: false },
    files: names.map(file),
  }));
  const form = multipartOf({ query: '{ a }', variables }, filled);
  const parts = [...form.values()].map((part) => (typeof part === 'string' ? part : part.name));
  const [operations = '', map = '', ...files] = parts;
  const read = (json: string): unknown => JSON.parse(json);
  return { operations: read(operations), map: read(map), files, order: [...form.keys()] };
}

test('files become null in the variables, and parts after the map', () => {
  expect(partsOf({ name: 'x' }, { file: ['a.png'] })).toEqual({
    operations: { query: '{ a }', variables: { name: 'x', file: null } },
    map: { 0: ['variables.file'] },
    files: ['a.png'],
    order: ['operations', 'map', '0'],
  });
});

test('files of a list of input objects keep the other fields of the objects', () => {
  const variables = { input: [{ details: { altText: 'A' } }] };
  const { operations, map } = partsOf(variables, { 'input.*.file': ['a.png', 'b.png'] });
  expect(operations).toMatchObject({
    variables: { input: [{ details: { altText: 'A' }, file: null }, { file: null }] },
  });
  expect(map).toEqual({ 0: ['variables.input.0.file'], 1: ['variables.input.1.file'] });
});

test('several variables, also nested lists, have files', () => {
  const slots = { cover: ['c.png'], 'albums.*.pages.*': ['1.png', '2.png'] };
  const { operations, map, files } = partsOf(undefined, slots);
  expect(operations).toMatchObject({
    variables: { cover: null, albums: [{ pages: [null, null] }] },
  });
  expect(map).toEqual({
    0: ['variables.cover'],
    1: ['variables.albums.0.pages.0'],
    2: ['variables.albums.0.pages.1'],
  });
  expect(files).toEqual(['c.png', '1.png', '2.png']);
});

test('a value where a file belongs is replaced', () => {
  const { operations } = partsOf({ input: 'text' }, { 'input.file': ['a.png'] });
  expect(operations).toMatchObject({ variables: { input: { file: null } } });
});
