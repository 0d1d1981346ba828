import { z } from 'zod';

import { expectNoUserErrors, UserErrors, type Graph } from './graph.ts';

const Product = z.object({
  id: z.string(),
  sku: z.string(),
  description: z.string().nullable(),
  variants: z.array(z.object({ id: z.string(), sku: z.string() })),
});
export type StoredProduct = z.output<typeof Product>;

const fields = 'id sku description variants { id sku }';

const Payload = z.object({
  payload: z.object({ product: Product.nullable(), userErrors: UserErrors }),
});

/** The first hundred: more than the demo has, so enough to tell whose store it is. */
export async function firstProducts(graph: Graph): Promise<StoredProduct[]> {
  const Answer = z.object({ products: z.object({ nodes: z.array(Product) }) });
  const query = `query DemoProducts { products(first: 100) { nodes { ${fields} } } }`;
  return (await graph.ask(Answer, query)).products.nodes;
}

export async function createProduct(
  graph: Graph,
  input: { sku: string; name: string; description?: string },
): Promise<StoredProduct> {
  const query = `mutation DemoProduct($input: CreateProductInput!) {
    payload: createProduct(input: $input) { product { ${fields} } userErrors { code message } }
  }`;
  return changed(await graph.ask(Payload, query, { input }), `creating ${input.sku}`);
}

export async function createVariant(
  graph: Graph,
  input: { productId: string; sku: string; name: string },
): Promise<StoredProduct> {
  const query = `mutation DemoVariant($input: CreateProductVariantInput!) {
    payload: createProductVariant(input: $input) { product { ${fields} } userErrors { code message } }
  }`;
  return changed(await graph.ask(Payload, query, { input }), `creating ${input.sku}`);
}

export async function describeProduct(
  graph: Graph,
  input: { id: string; description: string },
): Promise<StoredProduct> {
  const query = `mutation DemoDescription($input: UpdateProductInput!) {
    payload: updateProduct(input: $input) { product { ${fields} } userErrors { code message } }
  }`;
  return changed(await graph.ask(Payload, query, { input }), `describing ${input.id}`);
}

function changed({ payload }: z.output<typeof Payload>, doing: string): StoredProduct {
  expectNoUserErrors(payload.userErrors, { doing });
  if (!payload.product) throw new Error(`${doing}: no product came back`);
  return payload.product;
}

export interface Attachment {
  readonly mediaId: string;
  readonly usageType: string;
  readonly variantId?: string;
}

/** What is attached already stays as it is. */
export async function attach(
  graph: Graph,
  input: { readonly productId: string; readonly items: readonly Attachment[] },
): Promise<void> {
  const Answer = z.object({
    attachMediaFilesToProduct: z.array(z.object({ userErrors: UserErrors })),
  });
  const query = `mutation DemoImages($input: AttachMediaFilesToProductInput!) {
    attachMediaFilesToProduct(input: $input) { userErrors { code message } }
  }`;
  const { attachMediaFilesToProduct: results } = await graph.ask(Answer, query, { input });
  expectNoUserErrors(
    results.flatMap(({ userErrors }) => userErrors),
    { doing: `attaching images to ${input.productId}`, allow: ['ALREADY_ATTACHED'] },
  );
}

/** Null when the product or its main image is not there; its URL too when the file is not ready. */
export async function mainImage(
  graph: Graph,
  sku: string,
): Promise<{ id: string; url: string | null } | null> {
  const Answer = z.object({
    product: z
      .object({
        mainImage: z
          .object({ media: z.object({ id: z.string(), url: z.string().nullable() }).nullable() })
          .nullable(),
      })
      .nullable(),
  });
  const query = `query DemoImage($sku: String!) {
    product(sku: $sku) { mainImage { media { id url } } }
  }`;
  const { product } = await graph.ask(Answer, query, { sku });
  return product?.mainImage?.media ?? null;
}
