import type { Stack } from '@federated-media/stack/stack';
import sharp from 'sharp';
import { Pool } from 'undici';
import { z } from 'zod';
import { printTable, ratio, verdict } from '../table.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import type { GatewayKind, GatewayProcess } from './gateway-process.ts';

const PRODUCTS = 24;
const PICTURES = 5;
const WARM_UP = 400;
const REQUESTS = 100;
const AT_ONCE = 8;
const ROUNDS = 12;
const MAX_RATIO = 0.65;
const KINDS: readonly GatewayKind[] = ['own', 'stock', 'stock source'];

const PAGE = `query ProductPage {
  products(first: ${PRODUCTS}) {
    nodes { id sku name mediaAssociations { id usageType displayOrder media { id altText url srcSet mimeType width height } } }
  }
}`;
const Page = z.object({
  data: z.object({
    products: z.object({
      nodes: z.array(
        z.object({
          mediaAssociations: z.array(z.object({ media: z.object({ url: z.string() }) })),
        }),
      ),
    }),
  }),
});
const Created = z.object({
  data: z.object({ createProduct: z.object({ product: z.object({ id: z.string() }) }) }),
});

/** Measures the CPU time of the gateway for one product page, compared with the data source of Apollo. */
export async function benchProductPage(
  stack: Stack,
  start: (kind: GatewayKind) => Promise<GatewayProcess>,
) {
  await makeProducts(stack.gatewayUrl);
  // Alternating, so that other load on the machine affects both.
  const gateways = new Map(await Promise.all(KINDS.map(async (kind) => openKind(kind, start))));
  const best = new Map<GatewayKind, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [kind, { gateway, pool }] of gateways) {
      await gateway.costs();
      await askPages(pool, REQUESTS);
      const { cpuMs } = await gateway.costs();
      best.set(kind, Math.min(best.get(kind) ?? Infinity, cpuMs / REQUESTS));
    }
  }
  for (const { gateway, pool } of gateways.values()) {
    await pool.close();
    await gateway.stop();
  }
  const costOf = (kind: GatewayKind) => best.get(kind) ?? 0;
  const [own, stock] = [costOf('own'), costOf('stock')];
  printTable(`CPU of the gateway per page of ${PRODUCTS} products with ${PICTURES} images each`, [
    ['ApolloGateway, stock data source', `${stock.toFixed(2)} ms`],
    ['own executor, stock data source', `${costOf('stock source').toFixed(2)} ms`],
    ['own executor, own data source', `${own.toFixed(2)} ms`],
    [
      'ratio of the last to the first',
      ratio(own / stock),
      `at most ${ratio(MAX_RATIO)}: ${verdict(own / stock <= MAX_RATIO)}`,
    ],
  ]);
}

async function openKind(kind: GatewayKind, start: (kind: GatewayKind) => Promise<GatewayProcess>) {
  const gateway = await start(kind);
  const pool = new Pool(gateway.url, { connections: AT_ONCE });
  await check(pool);
  await askPages(pool, WARM_UP);
  return [kind, { gateway, pool }] as const;
}

async function askPages(pool: Pool, count: number) {
  let left = count;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const { statusCode, body } = await ask(pool, { query: PAGE });
      await body.dump();
      if (statusCode !== 200) throw new Error(`The page returned ${statusCode}.`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

const ask = (pool: Pool, body: object) =>
  pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function check(pool: Pool) {
  const { data } = Page.parse(await (await ask(pool, { query: PAGE })).body.json());
  const images = data.products.nodes.flatMap((product) => product.mediaAssociations);
  if (images.length !== PRODUCTS * PICTURES)
    throw new Error('The page does not have the expected images.');
}

/** A different image for each position. */
export async function makeProducts(gatewayUrl: string) {
  const pool = new Pool(gatewayUrl, { connections: AT_ONCE });
  for (let number = 1; number <= PRODUCTS; number += 1) {
    const created = await ask(pool, {
      query: `mutation { createProduct(input: { sku: "P${number}", name: "Product ${number}" }) { product { id } } }`,
    });
    const { createProduct } = Created.parse(await created.body.json()).data;
    const files = await Promise.all(
      Array.from({ length: PICTURES }, async (_none, index) =>
        uploadThroughGraph(pool, {
          filename: `${number}-${index}.png`,
          mimeType: 'image/png',
          body: await pngOf(number * PICTURES + index),
        }),
      ),
    );
    const attached = await ask(pool, {
      query: `mutation ($input: AttachMediaFilesToProductInput!) { attachMediaFilesToProduct(input: $input) { userErrors { code } } }`,
      variables: {
        input: {
          productId: createProduct.product.id,
          items: files.map(({ id }) => ({ mediaId: id })),
        },
      },
    });
    await attached.body.dump();
  }
  await pool.close();
}

const pngOf = (number: number) =>
  sharp({
    create: {
      width: 16 + number,
      height: 16,
      channels: 3,
      background: { r: number, g: 90, b: 90 },
    },
  })
    .png()
    .toBuffer();
