import type { Reference, World } from '../world.ts';

const items: Record<string, Record<string, unknown>> = {
  1: { __typename: 'Book', id: '1', name: 'one', pages: 100 },
  2: { __typename: 'Film', id: '2', name: null, minutes: 90 },
  3: { __typename: 'Book', id: '3', name: 'three', pages: null },
};
const item = (_root: unknown, { id }: Reference) => items[id] ?? null;
const all = () => Object.values(items);
const opinions = {
  likes: ({ id }: Reference) => Number(id) * 10,
  rank: ({ id }: Reference, { of }: { of: number }) => (id === '2' ? null : `${id} of ${of}`),
  fans: ({ id }: Reference) => [{ id: `f${id}` }],
};
const known = ({ id }: Reference) => (items[id] ? id : '1');
const slugOf = (name: unknown) => (name === null ? null : `/${JSON.stringify(name)}`);
const slug = ({ name }: { name?: unknown }) => slugOf(name);
const favourites: Record<string, string | null> = { f1: '2', f2: null, f3: '3' };

/** `known` creates an item from an id: one subgraph knows the whole item, the other only its id. */
const opinionRoots = (known: (id: string) => unknown) => ({
  Query: {
    node: () => known('1'),
    none: () => null,
    popular: () => ['3', '1', '2'].map(known),
    ranked: () => [[known('1'), null], [], [known('2')]],
    fans: () => [{ id: 'f1' }, null, { id: 'f2' }, { id: 'f3' }],
  },
  Fan: {
    favourite: ({ id }: Reference) => {
      const favourite = favourites[id] ?? null;
      return favourite === null ? null : known(favourite);
    },
    all: () => ['1', '2'].map(known),
  },
});
const opinionsOf = opinionRoots((id) => ({ id }));
const wholeItems = opinionRoots((id) => items[id]);
const nameOfFan = ({ id }: Reference) => (id === 'f3' ? null : `fan ${id}`);

export const interfaceObjects: World = {
  name: 'interface objects',
  subgraphs: {
    catalog: {
      sdl: `
        interface Item @key(fields: "id") { id: ID! name: String }
        type Book implements Item @key(fields: "id") { id: ID! name: String pages: Int }
        type Film implements Item @key(fields: "id") { id: ID! name: String minutes: Int }
        type Query { items: [Item!]! item(id: ID!): Item }`,
      resolvers: {
        Query: { items: all, item },
        Item: { __resolveReference: ({ id }: Reference) => items[id] },
        Book: { __resolveReference: ({ id }: Reference) => items[id] },
        Film: { __resolveReference: ({ id }: Reference) => items[id] },
      },
    },
    opinions: {
      sdl: `
        type Item @key(fields: "id") @interfaceObject {
          id: ID! likes: Int! rank(of: Int! = 3): String fans: [Fan!]!
          name: String @external slug: String @requires(fields: "name")
        }
        type Fan @key(fields: "id") { id: ID! favourite: Item all: [Item!]! }
        type Mutation { like(id: ID!): Item! }
        type Query { node: Item none: Item popular: [Item!]! ranked: [[Item]!]! fans: [Fan] }`,
      resolvers: {
        ...opinionsOf,
        Item: { ...opinions, slug: ({ name }: { name: unknown }) => slugOf(name) },
        Mutation: { like: (_root: unknown, given: Reference) => ({ id: known(given) }) },
      },
    },
    people: {
      sdl: `type Fan @key(fields: "id") { id: ID! name: String }`,
      resolvers: { Fan: { name: nameOfFan } },
    },
  },
  monolith: {
    Query: { ...wholeItems.Query, items: all, item },
    Mutation: { like: (_root: unknown, given: Reference) => items[known(given)] },
    Book: { ...opinions, slug },
    Film: { ...opinions, slug },
    Fan: { ...wholeItems.Fan, name: nameOfFan },
  },
  operations: [
    '{ node { id likes } }',
    '{ popular { id likes } none { likes } }',
    '{ fans { favourite { likes } all { id rank(of: 7) } name } }',
    '{ ranked { likes fans { name } } }',
    'mutation { like(id: "2") { likes } other: like(id: "1") { id slug ... on Book { pages } } }',
    'mutation { like(id: "1") { rank ... on Film { name id slug } } }',
    '{ ... { node { likes } } none_3: none { id } ... { popular { likes } ranked { name } } }',
    '{ items { ... on Film { slug } likes } }',
    '{ items { ... on Film { slug } rank } }',
    '{ popular { ... on Film { slug fans { id } } fans { name id_1: id } } }',
    '{ popular { slug } items { slug likes } }',
    '{ node { __typename likes } }',
    '{ popular { name likes ... on Book { pages } } }',
    '{ items { likes fans { favourite { id likes } } ... on Film { minutes rank } } }',
  ],
};
