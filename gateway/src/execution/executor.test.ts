import { expect, test } from 'vitest';
import { type LocalGraph, useBothExecutors } from '../testing/local-graph.ts';
import { subgraphs } from '../testing/local-subgraphs.ts';

let own: LocalGraph;
let apollo: LocalGraph;

useBothExecutors(subgraphs, (graphs) => ({ own, apollo } = graphs));

const operations: [what: string, query: string, variables?: Record<string, unknown>][] = [
  ['one field', '{ picture(id: "1") { name } }'],
  ['no such thing', '{ picture(id: "9") { name } }'],
  [
    'names and types',
    '{ a: __typename picture(id: "1") { t: __typename __typename x: id y: id } }',
  ],
  ['the order asked for', '{ items { picture { name id } id } empty { id } }'],
  ['lists with nulls', '{ pictures(ids: ["1", "9", "2"]) { id size { height width } } }'],
  ['lists of lists', '{ picture(id: "1") { grid { label } tags { json weight on } } }'],
  ['entities', '{ items { picture { name size { width } } } }'],
  ['entities in lists', '{ items { all { name } id } }'],
  ['a reference that fails', '{ item { id picture { id name } } }'],
  ['what another subgraph needs first', '{ items { picture { price(in: "EUR") } } }'],
  ['a broken field', '{ items { id title } pictures(ids: ["1", "2"]) { broken } }'],
  ['a broken field of an entity', '{ items { all { id broken } } }'],
  ['null where it may not be', '{ firm { id } item { id } }'],
  [
    'fragments',
    '{ ...Q } fragment Q on Query { items { ...I } } fragment I on Item { id picture { ...P } } fragment P on Picture { name }',
  ],
  [
    'fields asked for twice',
    '{ items { picture { id } } items { id picture { name size { width } } picture { size { height } } } }',
  ],
  [
    'a union',
    '{ found { __typename ... on Item { id picture { name } } ... on Shelf { items { picture { name } } } } }',
  ],
  [
    'an interface',
    '{ shown { id title ... on Item { picture { name } } ... on Shelf { items { id } } } }',
  ],
  ['fragments on an interface', '{ found { ... on Shown { id title } } }'],
  ['a fragment without a type', '{ ... { items { ... @include(if: true) { id } } } }'],
  [
    'a constant condition',
    '{ items { id @skip(if: true) picture { name @include(if: false) id } } }',
  ],
  [
    'conditions that hold',
    'query ($a: Boolean!, $b: Boolean = true) { items @include(if: $a) { id picture @skip(if: $b) { name } } }',
    { a: true, b: false },
  ],
  [
    'conditions that do not',
    'query ($a: Boolean!, $b: Boolean = true) { items @include(if: $a) { id picture @skip(if: $b) { name } } }',
    { a: false },
  ],
  [
    'a condition by default',
    'query ($a: Boolean!, $b: Boolean = true) { items @include(if: $a) { id picture @skip(if: $b) { name } } }',
    { a: true },
  ],
  [
    'variables',
    'query ($ids: [ID!]!, $money: String) { pictures(ids: $ids) { price(in: $money) } }',
    { ids: ['1', '2'], money: 'USD' },
  ],
  [
    'a variable that is left out',
    'query ($ids: [ID!]!, $loud: Boolean = false) { pictures(ids: $ids) { sound(loud: $loud) } }',
    { ids: ['1'] },
  ],
  [
    'a variable that does not fit',
    'query ($ids: [ID!]!) { pictures(ids: $ids) { id } }',
    { ids: [{}] },
  ],
  ['a variable that is missing', 'query ($ids: [ID!]!) { pictures(ids: $ids) { id } }'],
  [
    'mutations in turn',
    'mutation ($name: String) { first { name price } second(name: $name) }',
    { name: 'n' },
  ],
  ['a mutation that fails', 'mutation { first { id } fails }'],
  [
    'names that objects inherit',
    '{ toString: __typename picture(id: "1") { constructor: name __proto__: id } }',
  ],
  [
    'a variable that objects inherit',
    'query ($__proto__: ID!) { picture(id: $__proto__) { id } }',
    JSON.parse('{ "__proto__": "2" }'),
  ],
  ['introspection', '{ __type(name: "Kind") { enumValues { name } } items { id } }'],
  ['nothing of any subgraph', '{ __typename }'],
];

test.each(operations)('%s: responds like ApolloGateway', async (_what, query, variables) => {
  const expected = await apollo.ask(query, variables);
  expect(await own.ask(query, variables)).toEqual(expected);
  // Uses the cached document.
  expect(await own.ask(query, variables)).toEqual(expected);
});

const withoutReason: [what: string, query: string, data: unknown, path: (string | number)[]][] = [
  [
    'an entity that is not there',
    '{ lost { id picture { name } } }',
    { lost: { id: 'lost', picture: null } },
    ['lost', 'picture', 'name'],
  ],
  [
    'one that may not be missing',
    '{ lost { id firm { name } } items { id } }',
    { lost: null, items: [{ id: '1' }, { id: '2' }, { id: '3' }] },
    ['lost', 'firm', 'name'],
  ],
  [
    'a value that clients may not see',
    '{ picture(id: "3") { kind } }',
    { picture: { kind: null } },
    ['picture', 'kind'],
  ],
  [
    'one that may not be null either',
    '{ picture(id: "3") { id strict } }',
    { picture: null },
    ['picture', 'strict'],
  ],
];

test.each(withoutReason)(
  '%s: a null has an error with its path',
  async (_what, query, data, path) => {
    const { text, errors } = await own.ask(query);
    expect(JSON.parse(text)).toEqual({ data });
    expect(errors).toMatchObject([{ path }]);
  },
);

test('an alias can be the name of a meta-field', async () => {
  const { text, errors } = await own.ask('{ picture(id: "1") { __typename: name } }');
  expect(text).toBe('{"data":{"picture":{"__typename":"image 1"}}}');
  expect(errors).toEqual([]);
});
