import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createProduct, firstProducts } from '@federated-media/stack/demo/catalog';
import { openGraph, type Graph } from '@federated-media/stack/demo/graph';
import { filesByName } from '@federated-media/stack/demo/library';
import { loadDemo } from '@federated-media/stack/demo/load-demo';
import { newId } from '@federated-media/subgraph-kit/ids';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { exampleTabs } from '../gateway/graphiql/src/examples.ts';
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

// The tests are one story, in this order.

test.each([20, 70])('a load that loses the gateway after %i requests rejects', async (requests) => {
  const proxy = await openFailingProxy(stack.gatewayUrl, requests);
  await expect(loadDemo({ gatewayUrl: proxy.url, ...options })).rejects.toThrow('fetch failed');
  proxy.close();
});

test('the next load completes it and doubles nothing', async () => {
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

test('every product has one main image and more pictures, each with a text', async () => {
  for (const product of await pictures()) {
    const uses = product.mediaAssociations.map(({ usageType }) => usageType);
    expect(uses.filter((usageType) => usageType === 'MAIN_IMAGE')).toHaveLength(1);
    expect(uses.length).toBeGreaterThanOrEqual(3);
    for (const { media } of product.mediaAssociations) expect(media?.altText).toMatch(/\.$/);
  }
});

test('every example that GraphiQL opens with answers on it', async () => {
  const ids = { productId: newId(), mediaId: newId() };
  const examples = exampleTabs(stack.gatewayUrl).map(({ query }) => query ?? '');
  for (const query of examples) {
    const answer = await graph.ask(z.record(z.string(), z.unknown()), query, ids);
    expect(Object.values(answer), query).not.toContain(null);
  }
  expect(examples.length).toBeGreaterThan(2);
});

test('an artwork and a post share a picture with a product, and are there once', async () => {
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

test('a complete store is left as it is', async () => {
  const before = await filesByName(graph);
  const { loaded, exampleImageUrl } = await loadDemo({
    gatewayUrl: stack.gatewayUrl,
    ...options,
  });
  expect(loaded).toBe(false);
  expect(exampleImageUrl).toContain('/media/');
  expect(await filesByName(graph)).toEqual(before);
});

test("a store with somebody else's product is left alone, complete or not", async () => {
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

/** Passes on so many requests, then hangs up on every one. */
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
