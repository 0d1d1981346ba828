import type { GraphQLResolveInfo } from 'graphql';
import { askedFields } from '../asked-fields.ts';
import type { Reference, World } from '../world.ts';

/** Files 9 and 5 do not exist; fetching 6 fails. */
const file = (id: string) => {
  if (id === '6') return new Error('no file 6');
  return id === '9' || id === '5'
    ? null
    : { id, url: `/${id}`, alt: id === '2' ? null : `file ${id}` };
};
const byte = ({ id }: Reference) => Number(id) * 100;
const pageIds = ['1', '2', '3'];
const filesOf: Record<string, (string | null)[]> = {
  1: ['1', '9', null, '2', '6'],
  2: [],
  3: ['9', '9'],
};
const coverOf: Record<string, string | null> = { 1: '9', 2: null, 3: '3' };
const sureOf: Record<string, string> = { 1: '1', 2: '5', 3: '6' };
const reference = (id: string | null | undefined) =>
  id === null || id === undefined ? null : { id };

const names: Record<string, string> = { 1: 'one', 2: 'two' };
const prices: Record<string, number> = { 1: 10, 9: 90, 5: 50 };
const lines = ['1', '9', '5'];
const people: Record<string, string> = { 1: 'Ann' };
const mails: Record<string, string> = { 2: 'two@example.com' };

/** The result of a reference to a file: it exists unless its owner is called and does not find it. */
function fileAt(id: string | null | undefined, info: GraphQLResolveInfo) {
  if (id === null || id === undefined) return null;
  const fields = [...askedFields(info)];
  return fields.every((name) => name === 'id' || name === '__typename') ? { id } : file(id);
}
const each = (ids: readonly (string | null)[], info: GraphQLResolveInfo) =>
  ids.map((id) => fileAt(id, info));
/** A product that its owner does not find still has a price in another subgraph. */
const productAt = (id: string, info: GraphQLResolveInfo) => {
  const fields = [...askedFields(info)];
  const asksOwner = fields.some((name) => ['name', 'title'].includes(name));
  const knowsMore = fields.includes('price') || fields.includes('rebate');
  return names[id] === undefined && asksOwner && !knowsMore ? null : { id };
};
const price = ({ id }: Reference) => prices[id] ?? null;
const rebate = ({ id }: Reference) => (id === '1' ? null : 'half');
const name = ({ id }: Reference) => names[id] ?? null;
const mail = ({ id }: Reference) => mails[id] ?? null;

export const missingEntities: World = {
  name: 'missing entities',
  subgraphs: {
    files: {
      sdl: `
        type File @key(fields: "id") { id: ID! url: String! alt: String bytes: Int! }
        type Query { file(id: ID!): File files: [File]! }`,
      resolvers: {
        Query: {
          file: (_root: unknown, { id }: Reference) => file(id),
          files: () => [file('1'), null, file('2')],
        },
        File: { __resolveReference: ({ id }: Reference) => file(id), bytes: byte },
      },
    },
    pages: {
      sdl: `
        type File @key(fields: "id", resolvable: false) { id: ID! }
        type Page { id: ID! cover: File files: [File] sure: File! gallery: [File!] }
        type Query { pages: [Page]! }`,
      resolvers: {
        Query: { pages: () => pageIds.map((id) => ({ id })) },
        Page: {
          cover: ({ id }: Reference) => reference(coverOf[id]),
          files: ({ id }: Reference) => filesOf[id]!.map(reference),
          sure: ({ id }: Reference) => reference(sureOf[id]),
          gallery: ({ id }: Reference) => (id === '1' ? ['1', '9', '2'].map(reference) : null),
        },
      },
    },
    shop: {
      sdl: `
        type Product @key(fields: "id", resolvable: false) { id: ID! price: Int rebate: String }
        type Line { product: Product products: [Product!]! }
        type Query { lines: [Line!]! people: [Person!]! person: Person }
        type Person @key(fields: "id") { id: ID! mail: String }`,
      resolvers: {
        Query: {
          lines: () => lines.map((id) => ({ id })),
          people: () => ['1', '2', '3'].map(reference),
          person: () => ({ id: '3' }),
        },
        Line: {
          product: ({ id }: Reference) => ({ id, price: price({ id }), rebate: rebate({ id }) }),
          products: ({ id }: Reference) => [{ id, price: price({ id }), rebate: rebate({ id }) }],
        },
        Person: { mail },
      },
    },
    owners: {
      sdl: `
        type Product @key(fields: "id") { id: ID! name: String title: String! }
        type Person @key(fields: "id") { id: ID! name: String shout: String! }`,
      resolvers: {
        Product: {
          __resolveReference: ({ id }: Reference) => (names[id] === undefined ? null : { id }),
          name,
          title: name,
        },
        Person: {
          __resolveReference: ({ id }: Reference) => (people[id] === undefined ? null : { id }),
          name: ({ id }: Reference) => people[id],
          shout: ({ id }: Reference) => people[id]?.toUpperCase(),
        },
      },
    },
  },
  monolith: {
    Query: {
      file: (_root: unknown, { id }: Reference) => file(id),
      files: () => [file('1'), null, file('2')],
      pages: () => pageIds.map((id) => ({ id })),
      lines: () => lines.map((id) => ({ id })),
      people: () => ['1', '2', '3'].map(reference),
      person: () => ({ id: '3' }),
    },
    File: { bytes: byte },
    Page: {
      cover: ({ id }: Reference, _given: unknown, _context: unknown, info: GraphQLResolveInfo) =>
        fileAt(coverOf[id], info),
      files: ({ id }: Reference, _given: unknown, _context: unknown, info: GraphQLResolveInfo) =>
        each(filesOf[id]!, info),
      sure: ({ id }: Reference, _given: unknown, _context: unknown, info: GraphQLResolveInfo) =>
        fileAt(sureOf[id], info),
      gallery: ({ id }: Reference, _given: unknown, _context: unknown, info: GraphQLResolveInfo) =>
        id === '1' ? each(['1', '9', '2'], info) : null,
    },
    Line: {
      product: ({ id }: Reference, _given: unknown, _context: unknown, info: GraphQLResolveInfo) =>
        productAt(id, info),
      products: (
        { id }: Reference,
        _given: unknown,
        _context: unknown,
        info: GraphQLResolveInfo,
      ) => [productAt(id, info)],
    },
    Product: { price, rebate, name, title: name },
    Person: {
      mail,
      name: ({ id }: Reference) => people[id],
      shout: ({ id }: Reference) => people[id]?.toUpperCase(),
    },
  },
  operations: [
    '{ lines { product { id price name } } }',
    '{ lines { product { id name } } }',
    '{ lines { product { id price title } products { price name } } }',
    '{ pages { id cover { id url } files { id alt } } }',
    '{ pages { id sure { id } gallery { id } } }',
    '{ pages { id gallery { url } } }',
    '{ pages { id sure { url } } }',
    '{ people { id name mail } }',
    '{ people { id mail } person { id shout } }',
  ],
};
