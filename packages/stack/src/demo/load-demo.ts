import type { Logger } from '@federated-media/subgraph-kit/logger';

import * as catalog from './catalog.ts';
import { openGraph, type Graph } from './graph.ts';
import { filesByName, storeFile, type FileToStore } from './library.ts';
import { imagesOf, variantSku, type DemoImage } from './images.ts';
import { priceList } from './price-list.ts';
import { shop, type DemoProduct } from './shop.ts';
import { createDemoArtwork, createDemoPost } from './artwork-and-post.ts';

export interface Demo {
  /** False when the store was not empty or already complete. */
  readonly loaded: boolean;
  /** The URL of an image that was fetched successfully; null when the store no longer has that product. */
  readonly exampleImageUrl: string | null;
}

/** More would only wait, because images are drawn and verified by the same few cores. */
const uploadsAtOnce = 4;

/**
 * Fills an empty store through the public graph. Files and products of an interrupted load are recognised by file
 * name and SKU, so that the next load completes it without duplicates. A store with other products is not changed.
 * Rejects on user errors.
 */
export async function loadDemo(options: {
  readonly gatewayUrl: string;
  /** The names of the running subgraphs, which include the CMS and the catalog. */
  readonly subgraphs: readonly string[];
  readonly logger: Logger;
}): Promise<Demo> {
  const graph = openGraph(options);
  const products = await catalog.firstProducts(graph);
  const loaded = needsLoading(products);
  if (loaded) await fillStore(graph, products);

  const image = await catalog.mainImage(graph, exampleSku);
  const exampleImageUrl = image?.url ?? null;
  const { subgraphs } = options;
  await Promise.all([
    exampleImageUrl !== null && expectImage(exampleImageUrl),
    image && subgraphs.includes('art-gallery') && createDemoArtwork(graph, image.id),
    image && subgraphs.includes('blog') && createDemoPost(graph, image.id),
  ]);
  if (loaded) options.logger.info({ products: shop.length }, 'demo store loaded');
  return { loaded, exampleImageUrl };
}

const exampleSku = shop[0]?.sku ?? '';

/** The description of the last product is set after everything else, and marks a complete load. */
const lastSku = shop.at(-1)?.sku;

function needsLoading(products: readonly catalog.StoredProduct[]): boolean {
  const skus = new Set(shop.map(({ sku }) => sku));
  const complete = products.some(({ sku, description }) => sku === lastSku && description !== null);
  return !complete && products.every(({ sku }) => skus.has(sku));
}

async function fillStore(graph: Graph, existing: readonly catalog.StoredProduct[]): Promise<void> {
  const files = await filesByName(graph);
  const missing = shop.flatMap(imagesOf).filter(({ filename }) => !files.has(filename));
  await eachOf(missing, async (image) => {
    files.set(image.filename, await storeFile(graph, await fileOf(image)));
  });

  const prices = priceList(['Trade prices', '', ...shop.map(({ sku, name }) => `${sku}  ${name}`)]);
  if (!files.has(prices.filename)) await storeFile(graph, prices);

  for (const product of shop) {
    await storeProduct(graph, { product, files, existing });
  }
}

async function fileOf(image: DemoImage): Promise<FileToStore> {
  // Loads libvips, which only the first start needs.
  const { render } = await import('./render.ts');
  const { filename, altText, folder, tags } = image;
  return { filename, ...(await render(image)), details: { altText, folder, tags } };
}

async function storeProduct(
  graph: Graph,
  {
    product,
    files,
    existing,
  }: {
    readonly product: DemoProduct;
    readonly files: ReadonlyMap<string, string>;
    readonly existing: readonly catalog.StoredProduct[];
  },
): Promise<void> {
  const { sku, name, description } = product;
  const isLast = sku === lastSku;
  let stored =
    existing.find((candidate) => candidate.sku === sku) ??
    (await catalog.createProduct(graph, isLast ? { sku, name } : { sku, name, description }));

  for (const variant of variantsOf(product)) {
    if (stored.variants.some((candidate) => candidate.sku === variant.sku)) continue;
    stored = await catalog.createVariant(graph, { productId: stored.id, ...variant });
  }

  await catalog.attach(graph, {
    productId: stored.id,
    items: attachmentsOf(product, stored, files),
  });
  if (isLast) await catalog.describeProduct(graph, { id: stored.id, description });
}

function variantsOf(product: DemoProduct): { sku: string; name: string }[] {
  if (!product.hasVariants) return [];
  return product.colours.map((colour) => ({
    sku: variantSku(product, colour),
    name: `${product.name}, ${colour}`,
  }));
}

function attachmentsOf(
  product: DemoProduct,
  { variants }: catalog.StoredProduct,
  files: ReadonlyMap<string, string>,
): catalog.Attachment[] {
  return imagesOf(product).flatMap(({ filename, usages }) => {
    const mediaId = files.get(filename);
    if (mediaId === undefined) throw new Error(`${filename} was not uploaded`);
    return usages.map(({ usageType, variantSku: sku }) => {
      const variant = variants.find((candidate) => candidate.sku === sku);
      return { mediaId, usageType, ...(variant && { variantId: variant.id }) };
    });
  });
}

async function expectImage(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  const type = response.headers.get('content-type') ?? 'nothing';
  if (!response.ok || !type.startsWith('image/')) {
    throw new Error(`${url} returned ${response.status} with ${type} instead of an image`);
  }
}

/**
 * Rejects with the first failure after all running work has ended, so that a following load finds everything that
 * this one stored.
 */
async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  async function uploadNext(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: uploadsAtOnce }, uploadNext));
  const failed = workers.find((worker) => worker.status === 'rejected');
  if (failed) throw failed.reason;
}
