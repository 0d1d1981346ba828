import { randomUUID } from 'node:crypto';
import pg from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Answer, type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const PRODUCTS = 24;
const PICTURES = 5;
const PAGE = `{
  products(first: ${PRODUCTS}) {
    nodes { name mediaAssociations { usageType media { id url altText width height } } }
  }
}`;

let stack: TestStack;
let shop: Graph;
let mediaIds: string[];

beforeAll(async () => {
  stack = await openTestStack({
    processes: 'many',
    env: { LOG_LEVEL: 'debug', ENTITY_CACHE_BYTES: '0' },
  });
  shop = await openGraph(stack, 'shop');
  mediaIds = await uploadAll(PICTURES);
  for (let number = 1; number <= PRODUCTS; number += 1) await productWith(mediaIds, number);
});
afterAll(() => stack.stop());

async function uploadAll(count: number): Promise<string[]> {
  const files = await Promise.all(
    Array.from({ length: count }, async (_none, hue) => shop.upload(await plainJpeg(hue))),
  );
  return files.map(({ mediaFile }) => mediaFile!.id);
}

async function productWith(media: string[], number: number): Promise<string> {
  const { data } = await shop.ask(
    `mutation { createProduct(input: { sku: "P${number}", name: "Product ${number}" }) { product { id } } }`,
  );
  const { id } = (data!['createProduct'] as { product: { id: string } }).product;
  if (media.length === 0) return id;
  const attached = await shop.ask(
    `mutation ($input: AttachMediaFilesToProductInput!) {
      attachMediaFilesToProduct(input: $input) { userErrors { code } }
    }`,
    { input: { productId: id, items: media.map((mediaId) => ({ mediaId })) } },
  );
  expect(attached).toEqual({
    data: { attachMediaFilesToProduct: media.map(() => ({ userErrors: [] })) },
  });
  return id;
}

const linesWith = (name: string, message: string): string[] =>
  stack.processes
    .filter((module) => module.name === name)
    .flatMap((module) => module.lines())
    .filter((line) => line.includes(`"msg":"${message}"`));

test('24 products with 5 images each need two subgraph requests with one statement each', async () => {
  await shop.ask(PAGE);
  const id = `page-${randomUUID()}`;
  const { data, errors } = await askAs(id, PAGE);
  expect(errors).toBeUndefined();
  const { nodes } = (
    data as { products: { nodes: { mediaAssociations: { media: { url: string } }[] }[] } }
  ).products;
  expect(nodes).toHaveLength(PRODUCTS);
  for (const { mediaAssociations } of nodes) {
    expect(mediaAssociations).toHaveLength(PICTURES);
    for (const { media } of mediaAssociations) expect(media.url).toContain('/media/shop/');
  }
  expect(await settledCounts(id)).toEqual({ requests: 2, catalog: 1, cms: 1 });
});

test.each([
  [PAGE, 'max-age=5, private'],
  ['{ mediaLibrary { totalCount } }', 'no-store'],
])('only a private cache may keep public data of the shop', async (query, expected) => {
  const response = await fetch(
    `${stack.gatewayUrl}/graphql?${String(new URLSearchParams({ query }))}`,
    {
      headers: { ...shop.headers, 'apollo-require-preflight': 'true' },
    },
  );
  expect(response.headers.get('cache-control')).toBe(expected);
});

async function askAs(id: string, query: string) {
  const response = await fetch(`${stack.gatewayUrl}/graphql`, {
    method: 'POST',
    headers: { ...shop.headers, 'content-type': 'application/json', 'x-request-id': id },
    body: JSON.stringify({ query }),
  });
  return Answer.parse(await response.json());
}

/** Sends a request to each subgraph. */
const MARKER = '{ product(sku: "marker") { id } mediaLibrary { totalCount } }';

/** What was logged of the request `id`: a marker is sent after it, whose lines arrive last. */
async function settledCounts(id: string) {
  const marker = `marker-${randomUUID()}`;
  expect((await askAs(marker, MARKER)).data).toMatchObject({ product: null });
  await expect
    .poll(() => countsOf(marker))
    .toMatchObject({ requests: 2, catalog: 1, cms: expect.toSatisfy((count) => count > 0) });
  return countsOf(id);
}

function countsOf(id: string) {
  const count = (name: string, message: string) =>
    linesWith(name, message).filter((line) => line.includes(id)).length;
  return {
    requests: count('gateway', 'subgraph request'),
    catalog: count('catalog', 'sql'),
    cms: count('cms', 'sql'),
  };
}

test('a file of another store cannot be attached, and looks like an unknown one', async () => {
  const other = await openGraph(stack, 'other-shop');
  const { mediaFile } = await other.upload(await plainJpeg(200));
  const productId = await productWith([], 1_000);
  const answers = await Promise.all(
    [mediaFile!.id, '01890a5d-ac96-774b-bcce-b302099a8057', 'no-id-at-all'].map((mediaId) =>
      shop.ask(
        `mutation ($input: AttachMediaToProductInput!) {
          attachMediaToProduct(input: $input) { productMedia { id } userErrors { code message field } }
        }`,
        { input: { productId, mediaId } },
      ),
    ),
  );
  expect(answers[0]).toMatchObject({
    data: {
      attachMediaToProduct: {
        productMedia: null,
        userErrors: [{ code: 'MEDIA_NOT_FOUND', field: ['input', 'mediaId'] }],
      },
    },
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test('a file can’t be attached to an unknown product, nor to another store’s', async () => {
  const other = await openGraph(stack, 'other-shop');
  const theirs = await other.ask(
    'mutation { createProduct(input: { sku: "THEIRS", name: "x" }) { product { id } } }',
  );
  const { id } = (theirs.data!['createProduct'] as { product: { id: string } }).product;
  for (const productId of [id, '01890a5d-ac96-774b-bcce-b302099a8057', '']) {
    const answer = await shop.ask(
      `mutation ($input: AttachMediaToProductInput!) {
        attachMediaToProduct(input: $input) { productMedia { id } userErrors { code field } }
      }`,
      { input: { productId, mediaId: mediaIds[0] } },
    );
    expect(answer.data).toEqual({
      attachMediaToProduct: {
        productMedia: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['input', 'productId'] }],
      },
    });
  }
});

test('ids of another store and unknown ids return the same', async () => {
  const other = await openGraph(stack, 'other-shop');
  const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
  const query = 'query ($id: ID!) { mediaFile(id: $id) { id } product(id: $id) { id } }';
  const [foreign, missing] = await Promise.all([
    other.ask(query, { id: mediaIds[0] }),
    other.ask(query, { id: unknown }),
  ]);
  expect(foreign).toEqual(missing);
  expect(foreign).toEqual({ data: { mediaFile: null, product: null } });
});

test('a PRIVATE file’s bytes are served by its URL only, which expires', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const options = { filename: 'secret.png', details: { visibility: 'PRIVATE' } };
  const { mediaFile } = await shop.upload(png, options);
  const url = new URL(mediaFile!.url);
  expect(url.searchParams.has('expires')).toBe(true);
  const served = await fetch(url);
  expect(served.headers.get('cache-control')).toContain('no-store');
  expect(Buffer.from(await served.arrayBuffer()).equals(png)).toBe(true);

  const later = mediaFile!.url.replace(/expires=\d+/, 'expires=9999999999');
  const unsigned = `${url.origin}${url.pathname}`;
  for (const forged of [later, unsigned, `${mediaFile!.url}A`]) {
    expect((await fetch(forged)).status).toBe(403);
  }
});

test('media is null for a file that was just purged', async () => {
  const [mediaId = ''] = await uploadAll(1);
  await productWith([mediaId], 2_000);
  const pool = new pg.Pool({ connectionString: stack.postgres.url('cms'), max: 1 });
  // Without the triggers that notify the catalog.
  await pool.query('SET session_replication_role = replica');
  await pool.query('DELETE FROM media_contents WHERE media_id = $1', [mediaId]);
  await pool.query('DELETE FROM media_files WHERE id = $1', [mediaId]);
  await pool.end();
  for (const selection of ['id', 'url', 'id url checksum', '__typename url']) {
    const answer = await shop.ask(
      `{ product(sku: "P2000") { name mediaAssociations { media { ${selection} } } } }`,
    );
    const media = selection === 'id' ? { id: mediaId } : null;
    expect(answer).toEqual({
      data: { product: { name: 'Product 2000', mediaAssociations: [{ media }] } },
    });
  }
});

test('without the CMS, products are returned and their media is null', async () => {
  const cms = stack.processes.find(({ name }) => name === 'cms')!;
  process.kill(cms.pid, 'SIGKILL');
  await expect
    .poll(async () => (await shop.ask(`{ mediaFile(id: "${mediaIds[0]}") { id } }`)).errors?.length)
    .toBe(1);
  const { data, errors } = await shop.ask(PAGE);
  const { nodes } = (
    data as { products: { nodes: { name: string; mediaAssociations: { media: null }[] }[] } }
  ).products;
  expect(nodes).toHaveLength(PRODUCTS);
  expect(nodes.at(-1)!.mediaAssociations.map(({ media }) => media)).toEqual(
    Array(PICTURES).fill(null),
  );
  expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|at /);
});
