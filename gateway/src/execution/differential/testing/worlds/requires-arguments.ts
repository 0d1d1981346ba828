import type { Reference, World } from '../world.ts';

interface Product extends Reference {
  size: { width: number; height: number | null } | null;
}
const products: Record<string, Product> = {
  1: { id: '1', size: { width: 1, height: 2 } },
  2: { id: '2', size: null },
  3: { id: '3', size: { width: 3, height: null } },
};
const all = () => Object.values(products);
const product = (_root: unknown, { id }: Reference) => products[id] ?? null;
const weightOf = (id: string, unit: string) => Number(id) * (unit === 'G' ? 1000 : 1);
const priceOf = (id: string, currency: string) => (id === '3' ? null : `${id} ${currency}`);
const partsOf = (id: string) => (id === '2' ? [] : [{ id: 'a' }, null, { id: 'b' }]);
const kilos = ({ id }: Reference) => (id === 'a' ? 1 : null);

const weight = ({ id }: Reference, { unit }: { unit: string }) => weightOf(id, unit);
const price = ({ id }: Reference, { currency }: { currency: string }) => priceOf(id, currency);
const parts = ({ id }: Reference) => partsOf(id);

const shippingOf = (grams: unknown, width: unknown, express: unknown) =>
  JSON.stringify({ grams, width, express });
const labelOf = (dollars: unknown) => JSON.stringify({ dollars });
const heaviestOf = (known: ({ kilos: unknown } | null)[]) =>
  JSON.stringify(known.map((part) => part?.kilos));
const insuranceOf = (label: unknown) => JSON.stringify({ label });

export const requiresArguments: World = {
  name: '@requires with arguments',
  subgraphs: {
    catalog: {
      sdl: `
        enum Unit { KG G }
        type Size @shareable { width: Int! height: Int }
        type Part @key(fields: "id") { id: ID! kilos: Int }
        type Product @key(fields: "id") {
          id: ID! weight(unit: Unit! = KG): Float! price(currency: String! = "EUR"): String size: Size parts: [Part]!
        }
        type Query { products: [Product!]! product(id: ID!): Product }`,
      resolvers: {
        Query: { products: all, product },
        Product: { __resolveReference: ({ id }: Reference) => products[id], weight, price, parts },
        Part: { kilos },
      },
    },
    shipping: {
      sdl: `
        enum Unit { KG G }
        type Size @shareable { width: Int! height: Int }
        type Part @key(fields: "id") { id: ID! kilos: Int @external }
        type Product @key(fields: "id") {
          id: ID!
          weight(unit: Unit! = KG): Float! @external
          price(currency: String! = "EUR"): String @external
          size: Size @external
          parts: [Part]! @external
          shipping(express: Boolean = false): String! @requires(fields: "weight(unit: G) size { width }")
          label: String @requires(fields: "price(currency: \\"USD\\")")
          heaviest: String @requires(fields: "parts { kilos }")
        }
        type Query { shipped: [Product]! }`,
      resolvers: {
        Query: { shipped: () => [{ id: '3' }, null, { id: '1' }] },
        Product: {
          shipping: (
            { weight, size }: { weight: unknown; size?: Product['size'] },
            { express }: { express: unknown },
          ) => shippingOf(weight, size?.width, express),
          label: ({ price }: { price: unknown }) => labelOf(price),
          heaviest: ({ parts }: { parts: ({ kilos: unknown } | null)[] }) => heaviestOf(parts),
        },
      },
    },
    insurance: {
      sdl: `
        type Product @key(fields: "id") {
          id: ID! label: String @external insurance: String @requires(fields: "label")
        }`,
      resolvers: { Product: { insurance: ({ label }: { label: unknown }) => insuranceOf(label) } },
    },
  },
  monolith: {
    Query: { products: all, product, shipped: () => [products['3'], null, products['1']] },
    Product: {
      weight,
      price,
      parts,
      shipping: ({ id, size }: Product, { express }: { express: unknown }) =>
        shippingOf(weightOf(id, 'G'), size?.width, express),
      label: ({ id }: Reference) => labelOf(priceOf(id, 'USD')),
      heaviest: ({ id }: Reference) =>
        heaviestOf(partsOf(id).map((part) => part && { kilos: kilos(part) })),
      insurance: ({ id }: Reference) => insuranceOf(labelOf(priceOf(id, 'USD'))),
    },
    Part: { kilos },
  },
  operations: [
    '{ products { shipping } }',
    '{ products { weight shipping } }',
    '{ products { weight(unit: KG) kilos: weight(unit: KG) grams: weight(unit: G) shipping(express: true) } }',
    '{ shipped { price(currency: "GBP") label insurance } }',
    '{ product(id: "1") { price label dollars: price(currency: "USD") insurance heaviest } }',
  ],
};
