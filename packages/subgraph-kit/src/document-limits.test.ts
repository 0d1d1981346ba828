import { GraphQLError, getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentGuard } from './document-limits.ts';

const limits = { maxTokens: 3_000, maxDepth: 15, maxAliases: 3, maxRootFields: 4, maxFields: 20 };

function refusalOf(text: string): string | undefined {
  try {
    createDocumentGuard(limits).check(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    expect(error.extensions).toEqual({ code: 'BAD_REQUEST', http: { status: 400 } });
    return error.message;
  }
}

/** The results of `make` for 0 to `count` - 1. */
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_none, index) => make(index)).join(' ');
const nested = (count: number, open: string, close: string) =>
  open.repeat(count) + close.repeat(count);

test.each([
  ['fields at the root', `{ ${'a '.repeat(4)} }`, `{ ${'a '.repeat(5)} }`, '4', 'MAX_ROOT_FIELDS'],
  ['fields', `{ a { ${'b '.repeat(19)} } }`, `{ a { ${'b '.repeat(20)} } }`, '20', 'MAX_FIELDS'],
  ['aliases', '{ a { x: b y: b z: b } }', '{ v: a { x: b y: b z: b } }', '3', 'MAX_ALIASES'],
  ['levels', nested(15, '{ a ', '}'), nested(16, '{ a ', '}'), '15', 'MAX_DEPTH'],
  [
    'tokens',
    `{ a(b: [${'1 '.repeat(2_990)}]) }`,
    `{ a(b: [${'1 '.repeat(2_992)}]) }`,
    '3000',
    'MAX_TOKENS',
  ],
])('accepts the maximum number of %s and rejects one more', (_what, most, more, limit, setting) => {
  expect(refusalOf(most)).toBeUndefined();
  expect(refusalOf(more)).toContain(limit);
  expect(refusalOf(more)).toContain(setting);
});

test.each([
  ['used again', '{ ...F ...F ...F } fragment F on T { a { b b b b b b } }'],
  [
    'within another',
    `{ ...G ...G ...G } fragment G on T { ...F } fragment F on T { ${'a '.repeat(7)} }`,
  ],
  ['that is unused', `{ a } fragment F on T { ${'a '.repeat(21)} }`],
  ['inline', `{ a { ${times(3, () => '... on T { b b b b b b b }')} } }`],
])('counts all fields of a fragment %s', (_what, text) => {
  expect(refusalOf(text)).toContain('MAX_FIELDS');
});

test('counts aliases, root fields and depth in fragments', () => {
  const fragment = 'fragment F on T { x: a { b } y: a { b } }';
  expect(refusalOf(`{ ...F ...F } ${fragment}`)).toContain('MAX_ALIASES');
  expect(refusalOf(`{ ...F } ${fragment}`)).toBeUndefined();
  expect(refusalOf('{ ...F ...F } fragment F on T { a b c }')).toContain('MAX_ROOT_FIELDS');
  const levels = nested(14, '{ a ', '}');
  expect(refusalOf(`{ a { ...F } } fragment F on T ${levels}`)).toBeUndefined();
  expect(refusalOf(`{ a { b { ...F } } } fragment F on T ${levels}`)).toContain('MAX_DEPTH');
});

test('measures every operation of a document', () => {
  expect(refusalOf(`query A { a } query B { ${'a '.repeat(5)} }`)).toContain('MAX_ROOT_FIELDS');
});

test('counts fragments that double 140 times quickly', () => {
  const doubling = times(140, (i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`);
  expect(refusalOf(`{ ...F0 } ${doubling} fragment F140 on T { a }`)).toContain('MAX_FIELDS');
});

test.each([
  ['itself', '{ ...F } fragment F on T { a { ...F } }'],
  ['another that is within it', '{ ...F } fragment F on T { ...G } fragment G on T { ...F }'],
  [
    'a ring of hundreds',
    `{ ...F0 } ${times(250, (i) => `fragment F${i} on T { ...F${(i + 1) % 250} }`)}`,
  ],
])('a fragment within %s has no finite size', (_what, text) => {
  expect(refusalOf(text)).toContain('a fragment includes itself');
});

test('accepts the standard introspection and does not count it', () => {
  expect(refusalOf(getIntrospectionQuery())).toBeUndefined();
  const everything = {
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };
  expect(refusalOf(getIntrospectionQuery(everything))).toBeUndefined();
  expect(
    refusalOf('{ __type(name: "T") { fields { type { fields { name } } } } }'),
  ).toBeUndefined();
});

test('rejects an introspection of all types of all types', () => {
  const typeRef = `type { name ${nested(7, 'ofType { a b c d ', '}')} }`;
  const types = `types { fields { ${typeRef} args { ${typeRef} } } }`;
  expect(refusalOf(`{ __schema { ${types} } }`)).toBeUndefined();
  const typeOfType = `types { fields { type { fields { args { ${typeRef} } } } } }`;
  expect(refusalOf(`{ __schema { ${typeOfType} } }`)).toContain('introspection');
  expect(
    refusalOf(
      `{ ...Q } fragment Q on Query { __schema { ...S } } fragment S on __Schema { ${typeOfType} }`,
    ),
  ).toContain('introspection');
});

test.each([
  ['characters', ' '.repeat(100_001), '100000 characters'],
  ['lines', `${'\n'.repeat(5_000)}{ a }`, 'The maximum is 5000'],
  ['lines in a string', `{ a(b: """${'\n'.repeat(5_000)}""") }`, 'The maximum is 5000'],
  ['letters in a name', `{ ${'a'.repeat(257)} }`, '256 characters'],
  ['fragments', `{ ${'...F '.repeat(301)} }`, 'The maximum is 300'],
  ['brackets in a list', `{ a(b: ${nested(101, '[', ']')}) }`, '100 levels'],
  ['brackets in an object', `{ a(b: ${nested(101, '{ c: ', '}')}) }`, '100 levels'],
  ['brackets in a type', `query ($a: ${'['.repeat(101)}T${']'.repeat(101)}) { a }`, '100 levels'],
  ['brackets that nobody closes', '{'.repeat(101), '100 levels'],
])('rejects too many %s before parsing', (_what, text, message) => {
  expect(refusalOf(text)).toContain(message);
});

test.each(['', '{', '}', '{ a(', '"', '{ a "\u0000" }', '}}}}}}}}'])(
  'leaves invalid GraphQL to the parser: %j',
  (text) => {
    expect(refusalOf(text)).toBeUndefined();
  },
);
