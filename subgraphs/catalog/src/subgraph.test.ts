import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CREATE, type TestServer, makeProduct, serveTestCatalog } from './testing/server.ts';

let catalog: TestServer;
beforeAll(async () => {
  catalog = await serveTestCatalog();
});
afterAll(() => catalog.close());
beforeEach(() => {
  catalog.statements.length = 0;
});

test('rejects requests without a token, also for the schema', async () => {
  const response = await fetch(catalog.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  expect(response.status).toBe(401);
});

test('a caller without the scope reads and writes nothing', async () => {
  const query = '{ products { nodes { id } } }';
  const refused = await catalog.ask(query, { scope: 'catalog:write media:read' });
  expect(refused.errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
  const input = { sku: newId(), name: 'A product' };
  const unwritten = await catalog.ask(CREATE, { variables: { input }, scope: 'catalog:read' });
  expect(unwritten.errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
  expect(catalog.statements).toEqual([]);
});

test.each([
  '{ product { id } }',
  '{ product(id: "1", sku: "2") { id } }',
  '{ products(first: 0) { nodes { id } } }',
  '{ products(last: 101) { nodes { id } } }',
  '{ products(first: 1, last: 1) { nodes { id } } }',
  '{ products(after: "x") { nodes { id } } }',
])('%s is bad input and causes no SQL statement', async (query) => {
  const { errors } = await catalog.ask(query);
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
  expect(catalog.statements).toEqual([]);
});

test('every mutation works through the graph', async () => {
  const { productId, mediaIds, usageIds, variantId } = await makeProduct(catalog, 'store-a');
  const { data, errors } = await catalog.ask(
    `mutation ($p: ID!, $file: ID!, $first: ID!, $usage: ID!, $variant: ID!) {
      main: setProductMainImage(input: { productId: $p, mediaId: $file }) {
        productMedia { usageType media { id } } product { mainImage { id } } userErrors { code }
      }
      again: attachMediaToProduct(input: { productId: $p, mediaId: $file, usageType: THUMBNAIL }) {
        productMedia { usageType } userErrors { code field }
      }
      twice: attachMediaToProduct(input: { productId: $p, mediaId: $first }) {
        productMedia { id } product { id } userErrors { code field }
      }
      text: updateProductMedia(input: { id: $usage, altText: "Side" }) { productMedia { altText } }
      order: reorderProductMedia(input: { productId: $p, moves: [{ id: $usage, newPosition: 9 }] }) {
        product { mediaAssociations(usageType: GALLERY) { id } }
      }
      detach: detachMediaFromProduct(input: { productId: $p, mediaId: $file }) {
        detachedIds product { mainImage { id } }
      }
      nothing: detachMediaFromProduct(input: { productId: $p, mediaId: $file }) {
        detachedIds product { id } userErrors { code field message }
      }
      rename: updateProduct(input: { id: $p, version: 1, name: "New" }) { product { name version } }
      variant: deleteProductVariant(input: { id: $variant }) { product { variants { id } } }
      gone: deleteProduct(input: { id: $p }) { deletedId userErrors { code } }
    }`,
    {
      variables: {
        p: productId,
        file: mediaIds[1],
        first: mediaIds[0],
        usage: usageIds[2],
        variant: variantId,
      },
    },
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    main: { productMedia: { usageType: 'MAIN_IMAGE', media: { id: mediaIds[1] } }, userErrors: [] },
    again: { productMedia: { usageType: 'THUMBNAIL' }, userErrors: [] },
    twice: {
      productMedia: null,
      product: null,
      userErrors: [{ code: 'ALREADY_ATTACHED', field: ['input', 'mediaId'] }],
    },
    text: { productMedia: { altText: 'Side' } },
    order: {
      product: {
        mediaAssociations: [{ id: usageIds[0] }, { id: usageIds[3] }, { id: usageIds[2] }],
      },
    },
    detach: { detachedIds: [usageIds[1], expect.any(String)], product: { mainImage: null } },
    nothing: { detachedIds: [], product: null, userErrors: [{ code: 'NOT_ATTACHED' }] },
    rename: { product: { name: 'New', version: 2 } },
    variant: { product: { variants: [] } },
    gone: { deletedId: productId, userErrors: [] },
  });
});

test('without the CMS products can be read and changed, but no file can be attached', async () => {
  const { productId } = await makeProduct(catalog, 'store-a');
  catalog.cms.state.isDown = true;
  const { data, errors } = await catalog.ask<{
    rename: { product: { name: string; mediaAssociations: unknown[] } };
    attach: unknown;
  }>(
    `mutation ($p: ID!, $file: ID!) {
      rename: updateProduct(input: { id: $p, name: "Still here" }) {
        product { name mediaAssociations { media { id } } }
      }
      attach: attachMediaToProduct(input: { productId: $p, mediaId: $file }) {
        product { id } userErrors { code field }
      }
    }`,
    { variables: { p: productId, file: newId() } },
  );
  catalog.cms.state.isDown = false;
  expect(errors).toBeUndefined();
  expect(data.rename.product.name).toBe('Still here');
  expect(data.rename.product.mediaAssociations).toHaveLength(5);
  expect(data.attach).toEqual({
    product: null,
    userErrors: [{ code: 'MEDIA_UNAVAILABLE', field: ['input', 'mediaId'] }],
  });
});
