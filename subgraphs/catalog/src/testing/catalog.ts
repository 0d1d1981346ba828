import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId } from '@federated-media/subgraph-kit/ids';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openDatabase } from '../database.ts';
import type { ProductMediaUsageType } from '../generated/graphql.ts';
import { type FoundMedia, type MediaDirectory, MediaUnavailableError } from '../media-directory.ts';
import { createProductMediaService } from '../product-media/service.ts';
import { createProductVariantService } from '../product-variant/service.ts';
import { createProductRepository } from '../product/repository.ts';
import type { Product } from '../product/product.ts';
import { createProductService } from '../product/service.ts';

export const callerOf = (storeId: string): Caller => ({
  subject: 'user-1',
  storeId,
  scopes: new Set(['catalog:read', 'catalog:write']),
  issuer: 'gateway',
});

/** The store that everything belongs to unless a test says otherwise. */
export const caller = callerOf('store-a');
export const stranger = callerOf('store-b');

/** Files of stores, as a CMS that can be down would know them. */
export function createFakeMedia() {
  const files = new Map<string, FoundMedia>();
  const asked: (readonly string[])[] = [];
  const state: { isDown: boolean; whileAsked: (() => Promise<unknown>) | null } = {
    isDown: false,
    whileAsked: null,
  };
  const directory: MediaDirectory = {
    async find({ storeId }, ids) {
      asked.push(ids);
      await state.whileAsked?.();
      if (state.isDown) throw new MediaUnavailableError();
      const found = ids.flatMap((id) => {
        const file = files.get(`${storeId}/${id}`);
        return file ? [[id, file] as const] : [];
      });
      return new Map(found);
    },
  };
  return {
    directory,
    /** Down: nothing is answered. While asked: what happens meanwhile. */
    state,
    /** The ids of every call. */
    asked,
    /** A file of `store-a`: a picture that is ready unless `file` says otherwise. Its id. */
    add(file: Partial<FoundMedia> = {}, storeId = caller.storeId): string {
      const id = newId();
      files.set(`${storeId}/${id}`, { status: 'READY', mediaType: 'IMAGE', ...file });
      return id;
    },
  };
}

/**
 * The catalog's services over a database of their own, with a CMS made up: `use` gets them before the
 * file's first test. Before each test the CMS is up and was asked nothing.
 */
export function useTestCatalog(use: (catalog: TestCatalog) => void) {
  let catalog: TestCatalog;
  beforeAll(async () => {
    catalog = await openTestCatalog();
    use(catalog);
  });
  beforeEach(() => {
    Object.assign(catalog.media.state, { isDown: false, whileAsked: null });
    catalog.media.asked.length = 0;
  });
  afterAll(() => catalog.close());
}

async function openTestCatalog() {
  const testDatabase = await createTestDatabase('catalog');
  const logger = createLogger({ name: 'test', level: 'silent' });
  const database = openDatabase({ url: testDatabase.url, logger });
  const products = createProductRepository(database);
  const media = createFakeMedia();
  const catalog = {
    database,
    media,
    products: createProductService({ products }),
    variants: createProductVariantService({ products }),
    productMedia: createProductMediaService({ products, media: media.directory, logger }),
  };
  return {
    ...catalog,

    /** A product of `store-a` with as many variants as `variants` names. */
    async newProduct({ variants = [] }: { variants?: string[] } = {}): Promise<Product> {
      const made = await catalog.products.create(caller, { sku: newId(), name: 'A product' });
      let product = given(made.product);
      for (const name of variants) {
        const input = { productId: product.id, sku: newId(), name };
        product = given((await catalog.variants.create(caller, input)).product);
      }
      return product;
    },

    /** Attaches a new picture, and answers with the picture's and the use's ids. */
    async attachNew(
      productId: string,
      usageType: ProductMediaUsageType = 'GALLERY',
      variantId?: string,
    ) {
      const mediaId = media.add();
      const input = { productId, mediaId, usageType, ...(variantId && { variantId }) };
      const { productMedia } = await catalog.productMedia.attach(caller, input);
      return { mediaId, useId: given(productMedia).id };
    },

    /** The product as the database has it. */
    async read(id: string): Promise<Product> {
      return given(await catalog.products.find(caller, { id }));
    },

    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
export type TestCatalog = Awaited<ReturnType<typeof openTestCatalog>>;

/** What a test can't go on without. */
export function given<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('Expected a value.');
  return value;
}

/** A product's uses in short: `GALLERY 0 <media id>`. */
export const usesOf = ({ uses }: Product): string[] =>
  uses.map(({ usageType, displayOrder, mediaId }) => `${usageType} ${displayOrder} ${mediaId}`);

/** The codes and paths of a refusal. */
export const refusalOf = ({
  userErrors,
}: {
  userErrors: readonly { code: string; field?: readonly string[] | null }[];
}): string[] => userErrors.map(({ code, field }) => `${code} ${field?.join('.') ?? ''}`);
