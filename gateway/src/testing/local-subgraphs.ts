import type { LocalSubgraphs } from './local-graph.ts';

const broken = () => {
  throw new Error('broken');
};

const pictures = Object.fromEntries(
  ['1', '2', '3', '4'].map((id) => [id, { __typename: 'Picture', id, name: `image ${id}` }]),
);

/** With all features of plans and responses. */
export const subgraphs: LocalSubgraphs = {
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
