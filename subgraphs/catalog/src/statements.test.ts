import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  ATTACH,
  type Attached,
  CREATE,
  type Created,
  type TestServer,
  makeProduct,
  serveTestCatalog,
} from './testing/server.ts';

let catalog: TestServer;
beforeAll(async () => {
  catalog = await serveTestCatalog();
});
afterAll(() => catalog.close());
beforeEach(() => {
  catalog.statements.length = 0;
});

const PAGE = `query ($count: Boolean!) {
  products {
    totalCount @include(if: $count)
    pageInfo { hasNextPage endCursor }
    edges { cursor }
    nodes {
      id sku name description version createdAt updatedAt storeId
      mainImage { id media { __typename id } product { id } }
      variants { id sku name mediaAssociations { id } }
      mediaAssociations { id usageType displayOrder altText createdAt media { id } variant { id name } }
    }
  }
}`;

interface Page {
  readonly products: {
    readonly totalCount: number;
    readonly nodes: readonly {
      readonly id: string;
      readonly mediaAssociations: readonly { readonly displayOrder: number }[];
    }[];
  };
}

test('reads 24 products with 5 images each with one statement, and their number with one more', async () => {
  const storeId = 'store-of-24';
  for (let made = 0; made < 25; made += 1) await makeProduct(catalog, storeId);
  catalog.statements.length = 0;
  const { data, errors } = await catalog.ask<Page>(PAGE, { storeId, variables: { count: false } });
  expect(errors).toBeUndefined();
  const [newest] = data.products.nodes;
  expect(data.products.nodes).toHaveLength(24);
  expect(data.products.nodes.map((node) => node.mediaAssociations.length)).toEqual(
    Array(24).fill(5),
  );
  expect(newest).toMatchObject({
    storeId,
    version: 1,
    mainImage: { media: { __typename: 'MediaFile' }, product: { id: newest?.id } },
    variants: [{ name: 'Red', mediaAssociations: [{ id: expect.any(String) }] }],
  });
  expect(newest?.mediaAssociations.map((usage) => usage.displayOrder)).toEqual([0, 0, 1, 2, 0]);
  expect(catalog.statements).toHaveLength(1);

  const counted = await catalog.ask<Page>(PAGE, { storeId, variables: { count: true } });
  expect(counted.data.products.totalCount).toBe(25);
  expect(catalog.statements).toHaveLength(3);
});

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Product { id name mediaAssociations(usageType: GALLERY) { usageType } }
    ... on ProductVariant { id name mediaAssociations(usageType: SWATCH) { id } }
    ... on ProductMedia { id product { id } variant { id } media { id } }
  }
}`;

test('resolves references with one statement per type, and only for their store', async () => {
  const [one, two] = [await makeProduct(catalog, 'store-a'), await makeProduct(catalog, 'store-a')];
  const foreign = await makeProduct(catalog, 'store-b');
  const refer = (typename: string, ids: string[]) =>
    ids.map((id) => ({ __typename: typename, id }));
  const representations = [
    ...refer('Product', [
      one.productId,
      foreign.productId,
      newId(),
      'x',
      two.productId.toUpperCase(),
    ]),
    ...refer('ProductVariant', [two.variantId, foreign.variantId, one.variantId]),
    ...refer('ProductMedia', [
      one.usageIds[4]!,
      foreign.usageIds[0]!,
      two.usageIds[0]!,
      one.usageIds[0]!,
    ]),
  ];
  catalog.statements.length = 0;
  const { data, errors } = await catalog.ask<{
    _entities: ({ id: string; mediaAssociations: unknown } | null)[];
  }>(ENTITIES, {
    variables: { representations },
    scope: '',
  });
  expect(errors).toBeUndefined();
  const ids = data._entities.map((entity) => entity?.id ?? null);
  expect(ids).toEqual([
    one.productId,
    null,
    null,
    null,
    two.productId,
    two.variantId,
    null,
    one.variantId,
    one.usageIds[4],
    null,
    two.usageIds[0],
    one.usageIds[0],
  ]);
  expect(data._entities[0]?.mediaAssociations).toEqual(
    Array.from({ length: 3 }, () => ({ usageType: 'GALLERY' })),
  );
  expect(data._entities[5]?.mediaAssociations).toEqual([]);
  expect(data._entities[8]).toMatchObject({
    product: { id: one.productId },
    variant: { id: one.variantId },
    media: { id: one.mediaIds[4] },
  });
  expect(catalog.statements).toHaveLength(3);
});

test('attaches a hundred files with two statements and one claim request', async () => {
  const created = await catalog.ask<Created>(CREATE, {
    variables: { input: { sku: newId(), name: 'Many' } },
  });
  const productId = created.data.createProduct.product.id;
  const items = Array.from({ length: 100 }, () => ({ mediaId: catalog.cms.add() }));
  catalog.statements.length = 0;
  catalog.cms.asked.length = 0;
  const { data } = await catalog.ask<Attached>(ATTACH, {
    variables: { input: { productId, items } },
  });
  expect(data.attachMediaFilesToProduct.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(catalog.statements).toHaveLength(2);
  expect(catalog.cms.asked.map((mediaIds) => mediaIds.length)).toEqual([100]);
});
