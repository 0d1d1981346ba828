import { createPurge } from '@federated-media/media-consumer/associations/repository';
import { nameColumnOf } from '@federated-media/media-consumer/associations/statements';
import { createMediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { createFakeCms } from '@federated-media/media-consumer/testing/fake-cms';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { openDatabase } from '@federated-media/subgraph-kit/database';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId } from '@federated-media/subgraph-kit/ids';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ProductMediaUsageType } from '../generated/graphql.ts';
import { createProductMediaService } from '../product-media/service.ts';
import { createProductVariantService } from '../product-variant/service.ts';
import type { Product } from '../product/product.ts';
import { createProductRepository } from '../product/repository.ts';
import { createProductService } from '../product/service.ts';
import { catalog as consumer } from '../subgraph.ts';

export const callerOf = (storeId: string): Caller => ({
  subject: 'user-1',
  storeId,
  scopes: new Set(['catalog:read', 'catalog:write']),
  issuer: 'gateway',
});

/** The default store of tests. */
export const caller = callerOf('store-a');
export const otherCaller = callerOf('store-b');

/**
 * The catalog's services with a separate database and an in-memory CMS, without background work. `onOpen`
 * receives them before the file's first test. Before each test the CMS is up and its record is empty.
 */
export function useTestCatalog(onOpen: (catalog: TestCatalog) => void) {
  let catalog: TestCatalog;
  beforeAll(async () => {
    catalog = await openTestCatalog();
    onOpen(catalog);
  });
  beforeEach(() => {
    Object.assign(catalog.cms.state, { isDown: false, whileClaiming: null });
    catalog.cms.asked.length = 0;
  });
  afterAll(() => catalog.close());
}

async function openTestCatalog() {
  const testDatabase = await createTestDatabase('catalog');
  const logger = createLogger({ name: 'test', level: 'silent' });
  const database = openDatabase({
    url: testDatabase.url,
    name: 'catalog',
    logger,
    clientOf: consumer.createClient,
  });
  const products = createProductRepository(database);
  const cms = createFakeCms();
  const media = createMediaConsumer({
    cms: cms.client,
    databaseUrl: testDatabase.url,
    entityType: consumer.entityType,
    names: nameColumnOf(consumer.tables),
    purge: createPurge(consumer.tables),
    logger,
  });
  const catalog = {
    database,
    cms,
    media,
    products: createProductService({ products, media }),
    variants: createProductVariantService({ products, media }),
    productMedia: createProductMediaService({ products, media }),
  };
  return {
    ...catalog,

    /** Creates a product of `store-a` with variants of these names. */
    async newProduct({ variants = [] }: { variants?: string[] } = {}): Promise<Product> {
      const made = await catalog.products.create(caller, { sku: newId(), name: 'A product' });
      let product = given(made.product);
      for (const name of variants) {
        const input = { productId: product.id, sku: newId(), name };
        product = given((await catalog.variants.create(caller, input)).product);
      }
      return product;
    },

    /** Attaches a new image. Returns the ids of the file and of the usage. */
    async attachNew(
      productId: string,
      usageType: ProductMediaUsageType = 'GALLERY',
      variantId?: string,
    ) {
      const mediaId = cms.add();
      const input = { productId, mediaId, usageType, ...(variantId && { variantId }) };
      const { productMedia } = await catalog.productMedia.attach(caller, input);
      return { mediaId, usageId: given(productMedia).id };
    },

    /** The product as it is stored. */
    async read(id: string): Promise<Product> {
      return given(await catalog.products.find(caller, { id }));
    },

    async close() {
      await media.stop();
      await database.close();
      await testDatabase.drop();
    },
  };
}
export type TestCatalog = Awaited<ReturnType<typeof openTestCatalog>>;

/** The value, which the test requires. */
export function given<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('Expected a value.');
  return value;
}

/** A product's usages as `GALLERY 0 <media id>`. */
export const usagesOf = ({ usages }: Product): string[] =>
  usages.map(({ usageType, displayOrder, mediaId }) => `${usageType} ${displayOrder} ${mediaId}`);

/** The codes and paths of a payload's errors. */
export const rejectionOf = ({
  userErrors,
}: {
  userErrors: readonly { code: string; field?: readonly string[] | null }[];
}): string[] => userErrors.map(({ code, field }) => `${code} ${field?.join('.') ?? ''}`);
