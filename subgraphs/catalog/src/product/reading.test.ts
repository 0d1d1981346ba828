import {
  type GraphQLSchema,
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, makeProduct, serveTestCatalog } from '../testing/server.ts';

const DEPTH = 3;

let catalog: TestServer;
let schema: GraphQLSchema;
let made: Awaited<ReturnType<typeof makeProduct>>;
beforeAll(async () => {
  catalog = await serveTestCatalog();
  const { data } =
    await catalog.ask<Parameters<typeof buildClientSchema>[0]>(getIntrospectionQuery());
  schema = buildClientSchema(data);
  made = await makeProduct(catalog, 'store-a');
});
afterAll(() => catalog.close());

/** Selections of one leaf each: `variants { mediaAssociations { id } }`. */
function leavesOf(typeName: string, depth = DEPTH): string[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    if (!isObjectType(named)) return [field.name];
    if (depth === 0) return [];
    return leavesOf(named.name, depth - 1).map((below) => `${field.name} { ${below} }`);
  });
}

const entity = (type: string, id: string) => (selection: string) =>
  `{ _entities(representations: [{ __typename: "${type}", id: "${id}" }]) { ... on ${type} { ${selection} } } }`;

test.each<[what: string, type: string, place: () => (selection: string) => string]>([
  ['a page', 'Product', () => (selection) => `{ products { nodes { ${selection} } } }`],
  [
    'a page backward',
    'Product',
    () => (s) => `{ products(last: 5) { edges { cursor node { ${s} } } } }`,
  ],
  ['a product', 'Product', () => (s) => `{ product(id: "${made.productId}") { ${s} } }`],
  ['a reference to a product', 'Product', () => entity('Product', made.productId)],
  ['a reference to a variant', 'ProductVariant', () => entity('ProductVariant', made.variantId)],
  ['a reference to a usage', 'ProductMedia', () => entity('ProductMedia', made.usageIds[4]!)],
])(
  '%s: each field alone has the value that it has next to all others',
  async (_what, type, place) => {
    const ask = async (selection: string) => {
      catalog.statements.length = 0;
      const { data, errors } = await catalog.ask<object>(place()(selection), {
        storeId: 'store-a',
      });
      expect(errors, selection).toBeUndefined();
      expect(catalog.statements).toHaveLength(1);
      return data;
    };
    const leaves = leavesOf(type);
    expect(leaves.length).toBeGreaterThan(20);
    const whole = await ask(leaves.join(' '));
    for (const leaf of leaves) expect(whole).toMatchObject(await ask(leaf));
  },
);

test('reads variants and usages only if they are selected', async () => {
  const statementOf = async (selection: string) => {
    catalog.statements.length = 0;
    await catalog.ask(`{ products { nodes { ${selection} } } }`, { storeId: 'store-a' });
    return catalog.statements.join();
  };
  expect(await statementOf('sku')).not.toMatch(/product_media|product_variants|description/);
  expect(await statementOf('variants { id }')).not.toContain('product_media');
  expect(await statementOf('mainImage { id }')).not.toMatch(/product_variants|m\.alt_text/);
  expect(await statementOf('mainImage { altText }')).toContain('m.alt_text');
});
