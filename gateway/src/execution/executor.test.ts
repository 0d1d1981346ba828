import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalSubgraphs, openLocalGraph } from '../testing/local-graph.ts';

const broken = () => {
  throw new Error('broken');
};

const pictures = Object.fromEntries(
  ['1', '2', '3', '4'].map((id) => [id, { __typename: 'Picture', id, name: `picture ${id}` }]),
);

/** With all that plans and answers can be made of. */
const subgraphs: LocalSubgraphs = {
  media: {
    sdl: `
      scalar Json
      enum Kind { PHOTO DRAWING SECRET @inaccessible }
      type Size @shareable { width: Int! height: Int! }
      type Tag { label: String! weight: Float on: Boolean! json: Json }
      type Picture @key(fields: "id") {
        id: ID! name: String! size: Size kind: Kind strict: Kind! tags: [Tag!] grid: [[Tag]!]!
        broken: String sound(loud: Boolean! = true): String!
      }
      type Query { picture(id: ID!): Picture pictures(ids: [ID!]!): [Picture] firm: Picture! }
      type Mutation { first: Picture second(name: String = "s"): String fails: String! }`,
    resolvers: {
      Query: {
        picture: (_root: unknown, { id }: { id: string }) => pictures[id],
        pictures: (_root: unknown, { ids }: { ids: string[] }) => ids.map((id) => pictures[id]),
        firm: () => null,
      },
      Mutation: {
        first: () => pictures['1'],
        second: (_root: unknown, { name }: { name: string }) => name,
        fails: broken,
      },
      Picture: {
        __resolveReference: ({ id }: { id: string }) =>
          id === '4' ? new Error('no reference') : (pictures[id] ?? null),
        size: ({ id }: { id: string }) => (id === '2' ? null : { width: Number(id), height: 9 }),
        kind: ({ id }: { id: string }) => (id === '3' ? 'SECRET' : 'PHOTO'),
        strict: ({ id }: { id: string }) => (id === '3' ? 'SECRET' : 'DRAWING'),
        tags: ({ id }: { id: string }) =>
          id === '2'
            ? null
            : [{ label: id, weight: 0.5, on: true, json: { ['__proto__']: { a: 1 } } }],
        grid: ({ id }: { id: string }) => [[{ label: id, on: false }, null], []],
        broken: ({ id }: { id: string }) => (id === '2' ? broken() : 'whole'),
        sound: (_picture: unknown, { loud }: { loud: boolean }) => (loud ? 'LOUD' : 'quiet'),
      },
    },
  },
  shop: {
    sdl: `
      interface Shown { id: ID! title: String }
      union Found = Item | Shelf
      type Picture @key(fields: "id") {
        id: ID! name: String! @external price(in: String): String @requires(fields: "name")
      }
      type Owned @key(fields: "id", resolvable: false) { id: ID! }
      type Item implements Shown @key(fields: "id") { id: ID! title: String picture: Picture firm: Picture! all: [Picture!]! }
      type Shelf implements Shown { id: ID! title: String items: [Item!]! }
      type Size @shareable { width: Int! height: Int! }
      type Query { items: [Item!]! item: Item found: [Found!]! shown: [Shown] empty: [Item!]! lost: Item }`,
    resolvers: {
      Query: {
        items: () => ['1', '2', '3'].map((id) => ({ id })),
        item: () => ({ id: '4' }),
        found: () => [
          { __typename: 'Item', id: '1' },
          { __typename: 'Shelf', id: 's' },
        ],
        shown: () => [{ __typename: 'Shelf', id: 's' }, null, { __typename: 'Item', id: '2' }],
        empty: () => [],
        lost: () => ({ id: 'lost' }),
      },
      Item: {
        title: ({ id }: { id: string }) => (id === '2' ? broken() : `item ${id}`),
        picture: ({ id }: { id: string }) => ({ id }),
        firm: ({ id }: { id: string }) => ({ id }),
        all: ({ id }: { id: string }) => [{ id }, { id: '1' }],
      },
      Shelf: { title: () => 'shelf', items: () => [{ id: '1' }, { id: '2' }] },
      Picture: {
        price: ({ name }: { name?: string }, { in: money }: { in?: string }) => `${name} ${money}`,
      },
    },
  },
};

type Local = Awaited<ReturnType<typeof openLocalGraph>>;
let own: Local;
let apollo: Local;

beforeAll(async () => {
  own = await openLocalGraph(subgraphs, 'own');
  apollo = await openLocalGraph(subgraphs, 'apollo');
});
afterAll(() => Promise.all([own.close(), apollo.close()]));

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
  ['an entity that is not there', '{ lost { id picture { name } } }'],
  ['one that may not be missing', '{ lost { id firm { name } } items { id } }'],
  ['a reference that fails', '{ item { id picture { id name } } }'],
  ['what another subgraph needs first', '{ items { picture { price(in: "EUR") } } }'],
  ['a broken field', '{ items { id title } pictures(ids: ["1", "2"]) { broken } }'],
  ['a broken field of an entity', '{ items { all { id broken } } }'],
  ['null where it may not be', '{ firm { id } item { id } }'],
  ['a value that clients may not see', '{ picture(id: "3") { kind } }'],
  ['one that may not be null either', '{ picture(id: "3") { id strict } }'],
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
  ['a field disguised', '{ picture(id: "1") { __typename: name } }'],
  ['introspection', '{ __type(name: "Kind") { enumValues { name } } items { id } }'],
  ['nothing of any subgraph', '{ __typename }'],
];

test.each(operations)('%s: answered as ApolloGateway answers', async (_what, query, variables) => {
  const expected = await apollo.ask(query, variables);
  expect(await own.ask(query, variables)).toEqual(expected);
  // From what is known of the document by now.
  expect(await own.ask(query, variables)).toEqual(expected);
});
