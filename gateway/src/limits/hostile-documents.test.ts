import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, closeAll, logLines, openPlatform } from '../testing/platform.ts';

let url = '';
beforeAll(async () => {
  ({ url } = await openPlatform());
});
afterAll(closeAll);

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_none, index) => make(index)).join(' ');
const nested = (count: number, open: string, close: string) =>
  open.repeat(count) + close.repeat(count);
const doubling = times(140, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
const ring = times(
  140,
  (i) => `fragment F${i} on Query { ...F${(i + 1) % 140} ...F${(i + 7) % 140} }`,
);
const chain = times(290, (i) => `fragment F${i} on Query { ...F${i + 1} }`);

test.each([
  ['fragments that double', `{ ...F0 } ${doubling} fragment F140 on Query { broken }`],
  ['fragments in a ring', `{ ...F0 } ${ring}`],
  ['a fragment within itself', '{ ...F } fragment F on Query { ...F }'],
  ['a chain of fragments without an end', `{ ...F0 } ${chain}`],
  [
    'hundreds of unused fragments',
    `{ broken } ${times(600, (i) => `fragment F${i} on Query { broken }`)}`,
  ],
  [
    'hundreds of fragments at once',
    `{ ${times(290, (i) => `...F${i}`)} } ${times(290, (i) => `fragment F${i} on Query { broken }`)}`,
  ],
  ['thousands of unknown fragments', `{ ${times(2_000, (i) => `...F${i}`)} }`],
  ['a tower of fields', nested(2_000, '{ a ', '}')],
  ['a tower of lists', `{ picture(id: ${nested(2_400, '[', ']')}) { id } }`],
  ['a tower of objects', `{ picture(id: ${nested(1_200, '{ a: ', '}')}) { id } }`],
  ['a tower of types', `query ($id: ${'['.repeat(2_400)}ID${']'.repeat(2_400)}) { broken }`],
  ['a tower that nobody closes', '{ a '.repeat(2_000)],
  ['thousands of arguments', `{ picture(${times(1_600, (i) => `a${i}: 1`)}) { id } }`],
  ['one argument a thousand times', `{ picture(${'id: 1 '.repeat(1_600)}) { id } }`],
  ['thousands of directives', `{ broken ${'@a '.repeat(2_400)} }`],
  ['one directive hundreds of times', `{ broken ${'@skip(if: false) '.repeat(620)} }`],
  ['thousands of variables', `query (${times(1_200, (i) => `$a${i}: Int`)}) { broken }`],
  ['many aliases', `{ ${times(51, (i) => `a${i}: broken`)} }`],
  [
    'one field with other arguments again and again',
    `{ ${times(50, (i) => `picture(id:${i}){id}`)} }`,
  ],
  ['a very long name', `{ ${'a'.repeat(90_000)} }`],
  [
    'a very long name of the operation',
    `query ${'a'.repeat(50_000)} { ${times(50, (i) => `broken @skip(if: $a${i})`)} }`,
  ],
  ['nothing but lines', `${'\n'.repeat(40_000)}{ ${times(50, (i) => `a${i}`)} }`],
  ['nothing but comments', `${'#\n'.repeat(25_000)}{ broken }`],
  [
    'an introspection of everything in everything',
    `{ __schema { types { fields { type { fields { args { type { ${nested(7, 'ofType { a b c d ', '}')} } } } } } } } }`,
  ],
])('rejects %s with a short message, without a subgraph request', async (_what, query) => {
  const { status, text, errors } = await ask(url, query);
  expect(status).toBe(400);
  expect(text).not.toMatch(/call stack|INTERNAL/);
  expect(text.length).toBeLessThan(50_000);
  expect(errors?.[0]?.extensions.requestId).toBeDefined();
  expect(logLines().filter(({ msg }) => msg === 'subgraph request')).toEqual([]);
});

test('plans an operation with many conditions once', async () => {
  const names = Array.from({ length: 48 }, (_none, index) => `v${index}`);
  const query = `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
    items { ${names.map((name) => `${name}:picture@include(if:$${name}){name}`).join(' ')} }
  }`;
  const variables = Object.fromEntries(names.map((name, index) => [name, index % 2 === 0]));
  const { status, data } = await ask(url, query, { variables });
  expect(status).toBe(200);
  expect(data).toHaveProperty('items.0.v0.name');
  expect(data).not.toHaveProperty('items.0.v1');
});
