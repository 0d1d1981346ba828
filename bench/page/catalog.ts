import { Pool } from 'undici';
import { z } from 'zod';
import { uploadThroughGraph } from '../upload/client.ts';
import { distinctJpegs } from '../upload/files.ts';

export const MOST_PRODUCTS = 31;
const IMAGES = 5;
const SIZE = { width: 1600, height: 1200 };

const Created = z.object({
  data: z.object({ createProduct: z.object({ product: z.object({ id: z.string() }) }) }),
});

/** 31 products with five photograph-like JPEGs of 1600 × 1200 pixels each. */
export async function fillCatalog(gatewayUrl: string) {
  const pool = new Pool(gatewayUrl, { connections: IMAGES });
  const jpegs = await distinctJpegs(MOST_PRODUCTS * IMAGES, SIZE);
  for (let number = 1; number <= MOST_PRODUCTS; number += 1) {
    const files = await Promise.all(
      jpegs.splice(0, IMAGES).map((body, index) =>
        uploadThroughGraph(pool, {
          filename: `product-${number}-${index}.jpg`,
          mimeType: 'image/jpeg',
          body,
        }),
      ),
    );
    const created = await mutate(
      pool,
      `mutation { createProduct(input: { sku: "P${number}", name: "Product ${number}" }) { product { id } } }`,
    );
    const { product } = Created.parse(created).data.createProduct;
    const items = files.map(({ id }) => ({ mediaId: id, altText: `An image of it` }));
    await mutate(
      pool,
      'mutation ($input: AttachMediaFilesToProductInput!) { attachMediaFilesToProduct(input: $input) { userErrors { code } } }',
      { input: { productId: product.id, items } },
    );
  }
  await pool.close();
}

async function mutate(pool: Pool, query: string, variables = {}): Promise<unknown> {
  const answer = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return answer.body.json();
}
