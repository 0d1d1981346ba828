import type { Reference, World } from '../world.ts';

interface Owner {
  __typename: string;
  id: string;
  first?: string | null;
  title?: string;
}
interface Parcel extends Reference {
  grams: number | null;
  size: { width: number; depth: number | null } | null;
  owner: Owner | null;
}
const person: Owner = { __typename: 'Person', id: 'p', first: 'Ann' };
const company: Owner = { __typename: 'Company', id: 'c', title: 'Co' };
const parcels: Record<string, Parcel> = {
  1: { id: '1', grams: 100, size: { width: 1, depth: 2 }, owner: person },
  2: { id: '2', grams: null, size: null, owner: null },
  3: { id: '3', grams: 300, size: { width: 3, depth: null }, owner: company },
};
const all = () => Object.values(parcels);
const parcel = (_root: unknown, { id }: Reference) => parcels[id] ?? null;
const tagsOf = (id: string) => (id === '2' ? [] : [[{ id: 'a' }, null], [{ id: 'b' }]]);
const labelOf = ({ id }: Reference) => (id === 'a' ? 'fragile' : null);

type Known = Partial<Parcel> & { tags?: ({ label?: unknown } | null)[][] };
const shown = (value: unknown) => JSON.stringify(value ?? null);
const Shipping = {
  weight: ({ grams }: Known, { factor }: { factor: number }) => shown([grams, factor]),
  fits: ({ size }: Known) => (size ? shown(size.width) : null),
  addressee: ({ owner }: Known) => shown([owner?.__typename, owner?.first, owner?.title]),
  stickers: ({ tags }: Known) => shown(tags?.map((row) => row.map((tag) => tag?.label ?? null))),
};
const Insurance = {
  risk: ({ fits, grams }: { fits?: unknown; grams?: unknown }) => shown([fits, grams]),
};
const labelled = (id: string) =>
  tagsOf(id).map((row) => row.map((tag) => tag && { label: labelOf(tag) }));

export const requires: World = {
  name: '@requires',
  subgraphs: {
    depot: {
      sdl: `
        type Size @shareable { width: Int! depth: Int }
        interface Owner { id: ID! }
        type Person implements Owner @shareable { id: ID! first: String }
        type Company implements Owner @shareable { id: ID! title: String }
        type Tag @key(fields: "id") { id: ID! }
        type Parcel @key(fields: "id") { id: ID! grams: Int size: Size owner: Owner tags: [[Tag]!]! }
        type Query { parcels: [Parcel!]! parcel(id: ID!): Parcel }`,
      resolvers: {
        Query: { parcels: all, parcel },
        Parcel: {
          __resolveReference: ({ id }: Reference) => parcels[id],
          tags: ({ id }: Reference) => tagsOf(id),
        },
      },
    },
    labels: {
      sdl: `type Tag @key(fields: "id") { id: ID! label: String }`,
      resolvers: { Tag: { label: labelOf } },
    },
    shipping: {
      sdl: `
        type Size @shareable { width: Int! depth: Int }
        interface Owner { id: ID! }
        type Person implements Owner @shareable { id: ID! first: String }
        type Company implements Owner @shareable { id: ID! title: String }
        type Tag @key(fields: "id") { id: ID! label: String @external }
        type Parcel @key(fields: "id") {
          id: ID! grams: Int @external size: Size @external owner: Owner @external tags: [[Tag]!]! @external
          weight(factor: Int! = 2): String @requires(fields: "grams")
          fits: String @requires(fields: "size { width }")
          addressee: String @requires(fields: "owner { __typename ... on Person { first } ... on Company { title } }")
          stickers: String @requires(fields: "tags { label }")
        }`,
      resolvers: { Parcel: Shipping },
    },
    insurance: {
      sdl: `
        type Parcel @key(fields: "id") {
          id: ID! fits: String @external grams: Int @external
          risk: String @requires(fields: "fits grams")
        }
        type Query { insured: [Parcel]! }`,
      resolvers: {
        Query: { insured: () => [{ id: '3' }, null, { id: '1' }, { id: '2' }] },
        Parcel: { risk: Insurance.risk },
      },
    },
  },
  monolith: {
    Query: {
      parcels: all,
      parcel,
      insured: () => [parcels['3'], null, parcels['1'], parcels['2']],
    },
    Parcel: {
      ...Shipping,
      tags: ({ id }: Reference) => tagsOf(id),
      stickers: ({ id }: Reference) => Shipping.stickers({ tags: labelled(id) }),
      risk: (known: Parcel) => Insurance.risk({ fits: Shipping.fits(known), grams: known.grams }),
    },
    Tag: { label: labelOf },
  },
  operations: [
    {
      query: 'query ($no: Boolean!) { parcels { addressee @include(if: $no) weight } }',
      variables: { no: false },
    },
    '{ parcels { weight fits addressee stickers risk } }',
    '{ parcels { a: weight(factor: 3) b: weight } insured { risk owner { id } tags { label } } }',
    'query ($no: Boolean = false) { parcels { fits @include(if: $no) weight addressee risk @skip(if: $no) } }',
  ],
};
