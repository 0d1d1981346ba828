import { createFakeCms } from '@federated-media/media-consumer/testing/fake-cms';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { newId } from '@federated-media/subgraph-kit/ids';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { createCatalogSubgraph } from '../subgraph.ts';
import { given } from './catalog.ts';

const secrets = ['a-secret-for-tests-of-32-characters'];

export interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

/** The catalog over HTTP, with a CMS made up; it counts its SQL statements. */
export async function serveTestCatalog() {
  const database = await createTestDatabase('catalog');
  const statements: string[] = [];
  const logger = Object.assign(createLogger({ name: 'test', level: 'debug' }), {
    info: () => undefined,
    warn: () => undefined,
    debug: (entry: { statement?: string }) => {
      if (entry.statement) statements.push(entry.statement);
    },
  });
  const cms = createFakeCms();
  const subgraph = createCatalogSubgraph({
    databaseUrl: database.url,
    cms: cms.client,
    logger,
  });
  const hosting = { host: '127.0.0.1', port: 0, secrets, maxBodyBytes: 1_000_000, logger };
  const server = await serveSubgraph(subgraph, hosting);
  const gateway = createTokenMinter({ secrets, issuer: 'gateway' });

  return {
    cms,
    /** Every SQL statement so far. */
    statements,
    url: `${server.url}/graphql`,
    async ask<Data = unknown>(
      query: string,
      {
        variables = {},
        storeId = 'store-a',
        scope = 'catalog:read catalog:write',
      }: { variables?: object; storeId?: string; scope?: string } = {},
    ): Promise<Answer<Data>> {
      const token = await gateway.mint({ audience: 'catalog', subject: 'user-1', storeId, scope });
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer<Data>;
    },
    async close() {
      await server.close();
      await database.drop();
    },
  };
}

export const CREATE = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { product { id } userErrors { code } }
}`;
export interface Created {
  readonly createProduct: { readonly product: { readonly id: string } };
}

const VARIANT = `mutation ($input: CreateProductVariantInput!) {
  createProductVariant(input: $input) { product { variants { id } } userErrors { code } }
}`;
interface VariantCreated {
  readonly createProductVariant: {
    readonly product: { readonly variants: readonly { id: string }[] };
  };
}

export const ATTACH = `mutation ($input: AttachMediaFilesToProductInput!) {
  attachMediaFilesToProduct(input: $input) { productMedia { id } userErrors { code message field } }
}`;
export interface Attached {
  readonly attachMediaFilesToProduct: readonly {
    readonly productMedia: { readonly id: string };
    readonly userErrors: readonly unknown[];
  }[];
}

/** A product of this store with one variant and five pictures: the main image, three more, one of the variant. */
export async function makeProduct(catalog: TestServer, storeId: string) {
  const ask = <Data>(query: string, input: object) =>
    catalog.ask<Data>(query, { storeId, variables: { input } });
  const { createProduct } = (await ask<Created>(CREATE, { sku: newId(), name: 'A product' })).data;
  const productId = createProduct.product.id;
  const variant = { productId, sku: newId(), name: 'Red' };
  const { createProductVariant } = (await ask<VariantCreated>(VARIANT, variant)).data;
  const variantId = given(createProductVariant.product.variants[0]).id;
  const mediaIds = Array.from({ length: 5 }, () => catalog.cms.add({}, storeId));
  const items = mediaIds.map((mediaId, index) => ({
    mediaId,
    ...(index === 0 && { usageType: 'MAIN_IMAGE' }),
    ...(index === 4 && { usageType: 'VARIANT', variantId }),
  }));
  const { data } = await ask<Attached>(ATTACH, { productId, items });
  const useIds = data.attachMediaFilesToProduct.map(({ productMedia }) => productMedia.id);
  return { productId, variantId, mediaIds, useIds };
}
export type TestServer = Awaited<ReturnType<typeof serveTestCatalog>>;
