import { serveTestConsumer } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { createCatalogSubgraph } from '../subgraph.ts';
import { given } from './catalog.ts';

/** The catalog over HTTP, with an in-memory CMS. */
export const serveTestCatalog = () =>
  serveTestConsumer({
    name: 'catalog',
    scopes: 'catalog:read catalog:write',
    create: createCatalogSubgraph,
  });

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

/** Creates a product with one variant and five images: the main image, three in the gallery, one of the variant. */
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
  const usageIds = data.attachMediaFilesToProduct.map(({ productMedia }) => productMedia.id);
  return { productId, variantId, mediaIds, usageIds };
}
export type TestServer = Awaited<ReturnType<typeof serveTestCatalog>>;
