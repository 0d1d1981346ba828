import { expect, test } from 'vitest';
import { parseMap, parseOperations, placeUpload } from './operations.ts';
import { Upload } from './upload.ts';

const place = (operations: unknown, map: unknown) => {
  const parsed = parseOperations(JSON.stringify(operations));
  for (const path of parseMap(JSON.stringify(map)).values()) {
    placeUpload(parsed, path, new Upload());
  }
  return parsed;
};

test('sets a file exactly at the path in the map', () => {
  const operations = { query: 'q', variables: { input: [{ file: null }, { file: null }], n: 1 } };
  const placed = place(operations, { a: ['variables.input.1.file'] });
  expect(placed).toEqual({
    query: 'q',
    variables: { input: [{ file: null }, { file: expect.any(Upload) as Upload }], n: 1 },
  });
});

test.each([
  'variables.toString.call',
  'variables.constructor.prototype.polluted',
  'variables.__proto__.polluted',
  'variables.hasOwnProperty',
  'variables.list.push',
  'variables.list.length',
  'variables.list.__proto__.at',
  '__proto__.polluted',
  'constructor.prototype.polluted',
  'toString.call',
])('the path %s reaches only data of the request', (path) => {
  const before = snapshotOfBuiltIns();
  const operations = { query: 'q', variables: { file: null, list: [null] } };
  expect(() => place(operations, { 0: [path] })).toThrow(/map|operations/);
  expect(snapshotOfBuiltIns()).toEqual(before);
});

test('names of inherited properties are ordinary names in a request', () => {
  const placed = place(
    { variables: { constructor: { toString: null } } },
    {
      0: ['variables.constructor.toString'],
    },
  );
  expect(placed).toEqual({
    variables: { constructor: { toString: expect.any(Upload) as Upload } },
  });
  expect(Object.prototype.toString.call([])).toBe('[object Array]');
});

test('"__proto__" in the operations does not change a prototype', () => {
  const text = '{"query":"q","variables":{"__proto__":{"polluted":null},"file":null}}';
  const operations = parseOperations(text);
  expect(() => {
    placeUpload(operations, ['variables', 'polluted'], new Upload());
  }).toThrow('contain null');
  expect({}).not.toHaveProperty('polluted');
});

test.each([
  ['is not null', { variables: { file: 'text' } }],
  ['is absent', { variables: {} }],
  ['is below a string', { variables: { file: 'text' } }, 'variables.file.length'],
  ['is below null', { variables: { file: null } }, 'variables.file.name'],
  ['is past the end of a list', { variables: { file: [null] } }, 'variables.file.1'],
  ['is an index into an object', { variables: { file: { 0: null } } }, 'variables.file.0'],
  ['is a name in a list', { variables: { file: [null] } }, 'variables.file.a'],
  ['is without variables', { query: 'q' }],
])('rejects a position that %s', (_what, operations, path = 'variables.file') => {
  expect(() => place(operations, { 0: [path] })).toThrow('must contain null');
});

test.each([
  '',
  'variables',
  'variables.',
  'variables..file',
  'variables.file.',
  '.variables.file',
  'file',
  'operations.variables.file',
  'variables.fi le',
  'variables.file-name',
  'variables.-1',
  'variables.00',
  'variables.1e3',
  'variables.1234567890123',
  'variables.__typename',
  'variables.__proto__',
  'variables.naïve',
  'VARIABLES.file',
  'variables["file"]',
])('rejects the path "%s"', (path) => {
  expect(() => parseMap(JSON.stringify({ 0: [path] }))).toThrow('A path in "map"');
});

test.each([
  ['a list', '[]'],
  ['text', '"variables.file"'],
  ['null', 'null'],
  ['no JSON', '{0:['],
  ['nothing', ''],
])('rejects a map that is %s', (_what, text) => {
  expect(() => parseMap(text)).toThrow('"map"');
});

test.each([
  ['{"0":"variables.file"}', 'must list the path'],
  ['{"0":{}}', 'must list the path'],
  ['{"0":null}', 'must list the path'],
  ['{"0":[]}', 'must list the path'],
  ['{"0":[7]}', 'must list the path'],
  ['{"0":[null]}', 'must list the path'],
  ['{"__proto__":["variables.file"]}', 'an invalid key'],
  ['{"":["variables.file"]}', 'an invalid key'],
  ['{"a b":["variables.file"]}', 'an invalid key'],
  [`{"${'k'.repeat(101)}":["variables.file"]}`, 'an invalid key'],
  ['{"0":["variables.a","variables.b"]}', 'File "0" is used 2 times. Send it once per usage.'],
  ['{"0":["variables.file"],"1":["variables.file"]}', 'lists the path "variables.file" twice'],
])('rejects the map %s with the reason', (text, why) => {
  expect(() => parseMap(text)).toThrow(why);
});

test.each(['[{"query":"{a}"}]', '[]'])('rejects the batch %s', (text) => {
  expect(() => parseOperations(text)).toThrow('Batched');
});

test.each(['', '{', 'null', '"{ a }"', '7', 'true'])('rejects the operations %s', (text) => {
  expect(() => parseOperations(text)).toThrow('"operations"');
});

function snapshotOfBuiltIns() {
  return [Object, Array, Function, String, Promise].map(({ prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).map(([name, { value }]) => [
      name,
      value as unknown,
      typeof value === 'function' ? Object.getOwnPropertyNames(value) : [],
    ]),
  );
}
