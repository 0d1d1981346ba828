import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Endpoint, openEndpoint } from './support/endpoint.ts';
import { type FilledStore, fillStore } from './support/filled-store.ts';
import { everyScope } from './support/graph.ts';
import { operationFor, rootFields } from './support/operations.ts';
import { openOtherRouter } from './support/other-router.ts';
import { idOf } from './support/places.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

let stack: SharedStack;
let ours: Endpoint;
let other: Awaited<ReturnType<typeof openOtherRouter>>;
let shop: FilledStore;

beforeAll(async () => {
  stack = await openSharedStack();
  ours = await openEndpoint(stack, 'gateway');
  shop = await fillStore(ours, { storeId: 'other-router', scope: await everyScope });
  other = await openOtherRouter(stack);
});
afterAll(() => other.close());

/** The response of a client without the request id, which our gateway adds to errors. */
const seen = ({ data, errors }: Answer) => ({
  data,
  errors: errors?.map(({ message, path, extensions: { code } }) => ({ message, path, code })),
});

const PAGE = `query ($id: ID!) {
  product(id: $id) {
    name
    mainImage { media { url } }
    mediaAssociations {
      usageType displayOrder
      media { id url altText width height usageCount usages { nodes { consumer role } } }
    }
  }
  products(first: 10) { nodes { sku mediaAssociations { media { filename } } } pageInfo { endCursor } }
  artworks(first: 10) { nodes { title mediaAssociations { media { checksum } } } }
  posts(first: 10) { nodes { slug mediaAssociations { media { mimeType } } } }
}`;

test('the product page is the same behind another router', async () => {
  const operation = { query: PAGE, variables: { id: idOf(shop, 'Product') } };
  const answer = await other.ask(shop, operation);
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toMatchObject({ product: { mediaAssociations: [{}, {}] } });
  expect(seen(answer)).toEqual(seen(await ours.ask(shop, operation)));
});

test('every query returns the same behind another router', async () => {
  for (const root of rootFields(ours.schema).filter(({ kind }) => kind === 'query')) {
    const operation = operationFor(root, { depth: 3 });
    const [here, there] = [await ours.ask(shop, operation), await other.ask(shop, operation)];
    expect(seen(there), root.field.name).toEqual(seen(here));
  }
});

test('a change behind one router is visible behind the other', async () => {
  const change = async (field: string, input: object) => {
    const root = rootFields(ours.schema).find((one) => one.field.name === field)!;
    const { query } = operationFor(root, { depth: 2 });
    const { data, errors } = await other.ask(shop, { query, variables: { input } });
    expect(errors, field).toBeUndefined();
    expect(data?.[field], field).toMatchObject({ userErrors: [] });
    return data?.[field];
  };
  const { product } = (await change('createProduct', { sku: 'OTHER', name: 'A lamp' })) as {
    product: { id: string };
  };
  const link = { productId: product.id, mediaId: idOf(shop, 'MediaFile') };
  await change('attachMediaToProduct', link);
  await change('setProductMainImage', link);
  const operation = { query: PAGE, variables: { id: product.id } };
  const page = await ours.ask(shop, operation);
  expect(page.data).toMatchObject({
    product: { mainImage: { media: { url: expect.any(String) } } },
  });
  expect(seen(page)).toEqual(seen(await other.ask(shop, operation)));
  await change('detachMediaFromProduct', link);
  expect((await ours.ask(shop, operation)).data).toMatchObject({ product: { mainImage: null } });
});

test('another router has only the scopes and the store of the caller', async () => {
  const reader = { storeId: 'other-router', scope: 'media:read' };
  const query = '{ mediaQuota { fileCount } products { nodes { id } } }';
  const answer = await other.ask(reader, { query });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(seen(answer)).toEqual(seen(await ours.ask(reader, { query })));

  const stranger = { storeId: 'other-router-stranger', scope: shop.scope };
  const operation = { query: PAGE, variables: { id: idOf(shop, 'Product') } };
  expect((await other.ask(stranger, operation)).data).toMatchObject({ product: null });
});

test('concurrent callers of the same query receive separate responses', async () => {
  const stranger = { storeId: 'other-router-stranger', scope: shop.scope };
  const query = '{ mediaLibrary { totalCount } products { totalCount } }';
  const callers = Array.from({ length: 20 }, (_none, at) => (at % 2 === 0 ? shop : stranger));
  const answers = await Promise.all(callers.map((caller) => other.ask(caller, { query })));
  const counts = answers.map(({ data }) => data?.['mediaLibrary']);
  expect(counts).toEqual(callers.map((caller) => ({ totalCount: caller === shop ? 2 : 0 })));
});

test('a router without a token receives nothing', async () => {
  const answer = await other.ask(undefined, { query: '{ mediaQuota { fileCount } }' });
  expect(answer.data?.['mediaQuota'] ?? null).toBeNull();
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});
