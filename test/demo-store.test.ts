import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createProduct, firstProducts } from '@federated-media/stack/demo/catalog';
import { openGraph, type Graph } from '@federated-media/stack/demo/graph';
import { filesByName } from '@federated-media/stack/demo/library';
import { loadDemo } from '@federated-media/stack/demo/load-demo';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { noBrowser, openChromium } from './support/chromium.ts';
import { Answer } from './support/graph.ts';
import { openGraphiqlPage } from './support/graphiql-page.ts';
import { openTestStack, type TestStack } from './support/stack.ts';

const options = {
  subgraphs: ['cms', 'catalog', 'art-gallery', 'blog'],
  logger: createLogger({ name: 'test', level: 'silent' }),
};

let stack: TestStack;
let graph: Graph;

beforeAll(async () => {
  stack = await openTestStack();
  graph = openGraph(stack);
});

afterAll(() => stack.stop());

// The tests depend on their order.

test.each([20, 70])('a load that loses the gateway after %i requests rejects', async (requests) => {
  const proxy = await openFailingProxy(stack.gatewayUrl, requests);
  await expect(loadDemo({ gatewayUrl: proxy.url, ...options })).rejects.toThrow('fetch failed');
  proxy.close();
});

test('the next load completes it without duplicates', async () => {
  const { loaded, exampleImageUrl } = await loadDemo({
    gatewayUrl: stack.gatewayUrl,
    ...options,
  });
  expect(loaded).toBe(true);
  expect((await fetch(exampleImageUrl!)).headers.get('content-type')).toBe('image/jpeg');

  const products = await firstProducts(graph);
  expect(new Set(products.map(({ sku }) => sku)).size).toBe(12);
  expect(products).toHaveLength(12);
  expect(await countFiles()).toBe((await filesByName(graph)).size);
});

test('each product has one main image and more images, all with alternative texts', async () => {
  for (const product of await pictures()) {
    const uses = product.mediaAssociations.map(({ usageType }) => usageType);
    expect(uses.filter((usageType) => usageType === 'MAIN_IMAGE')).toHaveLength(1);
    expect(uses.length).toBeGreaterThanOrEqual(3);
    for (const { media } of product.mediaAssociations) expect(media?.altText).toMatch(/\.$/);
  }
});

test('all examples of GraphiQL run unchanged and return data', async ({ skip }) => {
  if (noBrowser) skip(noBrowser);
  await using browser = await openChromium();
  const graphiql = await openGraphiqlPage(browser, stack.gatewayUrl);
  const names = ['Products', 'ProductPage', 'Stories', 'MediaLibrary', 'Upload'];
  expect(await graphiql.page.getByRole('tab').count()).toBe(names.length);
  for (const name of names) {
    await graphiql.openTab(name);
    if (name === 'Upload') {
      await graphiql.files.getByRole('button', { name: 'Use a sample image' }).click();
    }
    const { data, errors } = Answer.parse((await graphiql.run()).result);
    expect(errors, name).toBeUndefined();
    expect(Object.values(data ?? {}), name).not.toContain(null);
    expect(JSON.stringify(data)).not.toMatch(/"code":|"nodes":\[\]/);
    await graphiql.images.getByRole('img').first().waitFor();
    const { x, width } = (await graphiql.images.boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(graphiql.page.viewportSize()!.width);
  }
});

test('an artwork and a post share an image with a product, and exist once', async () => {
  const Id = z.object({ id: z.string() });
  const Use = z.object({ media: Id });
  const Answer = z.object({
    product: z.object({ mainImage: Use }),
    artworks: z.object({ nodes: z.tuple([z.object({ primaryMedia: Use })]) }),
    posts: z.object({ nodes: z.tuple([z.object({ cover: Use })]) }),
  });
  const query = `{
    product(sku: "LAMP-01") { mainImage { media { id } } }
    artworks { nodes { primaryMedia { media { id } } } }
    posts { nodes { cover { media { id } } } }
  }`;
  const { product, artworks, posts } = await graph.ask(Answer, query);
  expect(artworks.nodes[0].primaryMedia).toEqual(product.mainImage);
  expect(posts.nodes[0].cover).toEqual(product.mainImage);
  const again = await loadDemo({ gatewayUrl: stack.gatewayUrl, ...options });
  expect(again.loaded).toBe(false);
  expect(await graph.ask(Answer, query)).toEqual({ product, artworks, posts });
});

test('does not change a complete store', async () => {
  const before = await filesByName(graph);
  const { loaded, exampleImageUrl } = await loadDemo({
    gatewayUrl: stack.gatewayUrl,
    ...options,
  });
  expect(loaded).toBe(false);
  expect(exampleImageUrl).toContain('/media/');
  expect(await filesByName(graph)).toEqual(before);
});

test('does not change a store with other products', async () => {
  const last = (await firstProducts(graph)).find(({ sku }) => sku === 'CLOCK-01')!;
  const Deleted = z.object({ deleteProduct: z.object({ deletedId: z.string() }) });
  await graph.ask(
    Deleted,
    'mutation ($id: ID!) { deleteProduct(input: { id: $id }) { deletedId } }',
    { id: last.id },
  );
  await createProduct(graph, { sku: 'MINE-01', name: 'My own' });

  expect((await loadDemo({ gatewayUrl: stack.gatewayUrl, ...options })).loaded).toBe(false);
  expect((await firstProducts(graph)).map(({ sku }) => sku)).not.toContain('CLOCK-01');
});

async function countFiles(): Promise<number> {
  const Answer = z.object({ mediaLibrary: z.object({ totalCount: z.number() }) });
  return (await graph.ask(Answer, '{ mediaLibrary { totalCount } }')).mediaLibrary.totalCount;
}

async function pictures() {
  const Media = z.object({ altText: z.string().nullable() });
  const Use = z.object({ usageType: z.string(), media: Media.nullable() });
  const Product = z.object({ mediaAssociations: z.array(Use) });
  const Answer = z.object({ products: z.object({ nodes: z.array(Product) }) });
  const query = '{ products { nodes { mediaAssociations { usageType media { altText } } } } }';
  return (await graph.ask(Answer, query)).products.nodes;
}

/** Forwards this many requests and then closes every connection. */
async function openFailingProxy(target: string, requests: number) {
  let left = requests;
  const server: Server = createServer((incoming, outgoing) => {
    left -= 1;
    if (left < 0) {
      incoming.socket.destroy();
      return;
    }
    const { method, headers } = incoming;
    const onward = forward(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
