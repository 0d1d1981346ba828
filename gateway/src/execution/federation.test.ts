import { expect, test } from 'vitest';
import { type LocalSubgraphs, openForTest as open } from '../testing/local-graph.ts';

const nodes: LocalSubgraphs = {
  a: {
    sdl: `interface Node @key(fields: "id") { id: ID! }
      type Book implements Node @key(fields: "id") { id: ID! pages: Int }
      type Query { reader: Reader }
      type Reader @key(fields: "name") { name: ID! }`,
    resolvers: {
      Query: { reader: () => ({ name: 'r' }) },
      Node: { __resolveReference: ({ id }: { id: string }) => ({ __typename: 'Book', id }) },
      Book: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        pages: () => 100,
      },
    },
  },
  b: {
    sdl: `type Node @key(fields: "id") @interfaceObject { id: ID! likes: Int }
      type Reader @key(fields: "name") { name: ID! favourites: [Node!]! }
      type Query { node: Node nodes: [[Node]!]! }`,
    resolvers: {
      Query: { node: () => ({ id: '1' }), nodes: () => [[{ id: '1' }, null], [{ id: '2' }]] },
      Reader: {
        __resolveReference: ({ name }: { name: string }) => ({ name }),
        favourites: () => [{ id: '1' }, { id: '2' }],
      },
      Node: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        likes: ({ id }: { id: string }) => Number(id) * 10,
      },
    },
  },
};

test('an interface object is returned although its type is unknown', async () => {
  const ask = await open(nodes);
  expect(await ask('{ node { id likes } }')).toEqual({
    data: { node: { id: '1', likes: 10 } },
    errors: [],
  });
});

test('interface objects in lists and of entities are returned', async () => {
  const ask = await open(nodes);
  expect(
    await ask('{ nodes { likes } reader { favourites { id ... on Node { likes } } } }'),
  ).toEqual({
    data: {
      nodes: [[{ likes: 10 }, null], [{ likes: 20 }]],
      reader: {
        favourites: [
          { id: '1', likes: 10 },
          { id: '2', likes: 20 },
        ],
      },
    },
    errors: [],
  });
});

test('the type of an interface object comes from the subgraph that knows it', async () => {
  const ask = await open(nodes);
  expect(await ask('{ node { __typename likes ... on Book { pages } } }')).toEqual({
    data: { node: { __typename: 'Book', likes: 10, pages: 100 } },
    errors: [],
  });
});

const shop: LocalSubgraphs = {
  goods: {
    sdl: `scalar Any type Product @key(fields: "id") { id: ID! name: String echo(any: Any): Any }`,
    resolvers: {
      Product: {
        __resolveReference: ({ id }: { id: string }) => (id === '1' ? { id, name: 'Lamp' } : null),
        echo: (_product: unknown, { any }: { any: unknown }) => any,
      },
    },
  },
  orders: {
    sdl: `scalar Any type Product @key(fields: "id", resolvable: false) { id: ID! price: Int }
      type Line { product: Product }
      type Query { line(id: ID!): Line heard(any: Any): Any }`,
    resolvers: {
      Query: {
        line: (_root: unknown, { id }: { id: string }) => ({ product: { id, price: 5 } }),
        heard: (_root: unknown, { any }: { any: unknown }) => any,
      },
    },
  },
};

test('a reference with more fields than its key is returned although the entity does not exist', async () => {
  const ask = await open(shop);
  expect(await ask('{ line(id: "9") { product { id price name } } }')).toEqual({
    data: { line: { product: { id: '9', price: 5, name: null } } },
    errors: [],
  });
});

test('a reference with only its key is null if the entity does not exist', async () => {
  const ask = await open(shop);
  expect(await ask('{ line(id: "9") { product { __typename id name } } }')).toEqual({
    data: { line: { product: null } },
    errors: [],
  });
});

test('a variable may have the name of an internal one', async () => {
  const ask = await open(shop);
  const representations = [{ __typename: 'Product' }];
  expect(
    await ask('query ($representations: Any) { heard(any: $representations) }', {
      representations,
    }),
  ).toEqual({ data: { heard: representations }, errors: [] });
  expect(
    await ask(
      'query ($representations: Any) { line(id: "1") { product { echo(any: $representations) } } }',
      { representations },
    ),
  ).toEqual({ data: { line: { product: { echo: representations } } }, errors: [] });
});

const prices: LocalSubgraphs = {
  catalog: {
    sdl: `type Product @key(fields: "id") { id: ID! price(in: String = "EUR"): String title: String }
      type Query { product: Product }`,
    resolvers: {
      Query: { product: () => ({ id: '1' }) },
      Product: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        price: (_product: unknown, { in: money }: { in: string }) => `1 ${money}`,
        title: () => 'Lamp',
      },
    },
  },
  tax: {
    sdl: `type Product @key(fields: "id") {
        id: ID! price(in: String = "EUR"): String @external
        duty: String @requires(fields: "price(in: \\"USD\\")")
        vat: String @requires(fields: "price(in: \\"GBP\\")")
      }`,
    resolvers: {
      Product: {
        duty: ({ price }: { price?: string }) => `duty of ${price}`,
        vat: ({ price }: { price?: string }) => `VAT of ${price}`,
      },
    },
  },
};

test.each([
  ['its default', '{ product { price duty } }', { price: '1 EUR' }],
  ['others', '{ product { duty price(in: "CHF") } }', { price: '1 CHF' }],
  ['the same', '{ product { price(in: "USD") duty } }', { price: '1 USD' }],
  ['another field’s name', '{ product { price: title duty } }', { price: 'Lamp' }],
  ['a name of ours', '{ product { client_price: price duty } }', { client_price: '1 EUR' }],
])(
  'a client receives a required field with the arguments of the client: %s',
  async (_what, query, product) => {
    const ask = await open(prices);
    expect(await ask(query)).toEqual({
      data: { product: { ...product, duty: 'duty of 1 USD' } },
      errors: [],
    });
  },
);

test('rejects fields that require one field with different arguments', async () => {
  const ask = await open(prices);
  const { data, errors } = await ask('{ product { duty ...V } } fragment V on Product { vat }');
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([
    { code: 'BAD_REQUEST', message: /Product\.duty and Product\.vat/ },
  ]);
  expect(await ask('{ product { vat } }')).toEqual({
    data: { product: { vat: 'VAT of 1 GBP' } },
    errors: [],
  });
});

test('a field that no subgraph can resolve is an error, not a null without a reason', async () => {
  const ask = await open({
    a: {
      sdl: `interface Node @key(fields: "id") { id: ID! } type Query { a: Node }`,
      resolvers: { Query: { a: () => null } },
    },
    b: {
      sdl: `type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! field: String }
        type Query { b: Node }`,
      resolvers: { Query: { b: () => ({ id: '1', field: 'f' }) } },
    },
  });
  const { data, errors } = await ask('{ a { field } }');
  expect(data).toBeUndefined();
  expect(errors).toHaveLength(1);
  expect(await ask('{ b { id field } }')).toEqual({
    data: { b: { id: '1', field: 'f' } },
    errors: [],
  });
});
