import type { AssociationConsumer } from '@federated-media/media-consumer/testing/media-association-contract';
import { z } from 'zod';
import type { Graph } from './graph.ts';

const Payload = z.object({ userErrors: z.array(z.object({ code: z.string() })) });
const Created = z.object({ createProduct: z.object({ product: z.object({ id: z.string() }) }) });
const Listed = z.object({
  product: z.object({
    mediaAssociations: z.array(
      z.object({ displayOrder: z.number(), media: z.object({ id: z.string() }) }),
    ),
  }),
});

/** The catalog, whose products use files. */
export function productsConsumer(
  graphOf: (storeId: string) => Promise<Graph>,
): AssociationConsumer {
  async function ask(storeId: string, query: string) {
    const graph = await graphOf(storeId);
    return (await graph.ask(query)).data;
  }
  async function change(storeId: string, mutation: string): Promise<string[]> {
    const data = await ask(storeId, `mutation { done: ${mutation} { userErrors { code } } }`);
    return Payload.parse(data?.['done']).userErrors.map(({ code }) => code);
  }

  return {
    name: 'catalog',
    async create(storeId) {
      const input = `{ sku: "${crypto.randomUUID()}", name: "A product" }`;
      const mutation = `mutation { createProduct(input: ${input}) { product { id } } }`;
      return Created.parse(await ask(storeId, mutation)).createProduct.product.id;
    },
    attach: (storeId, productId, mediaId) =>
      change(
        storeId,
        `attachMediaToProduct(input: { productId: "${productId}", mediaId: "${mediaId}" })`,
      ),
    detach: (storeId, productId, mediaId) =>
      change(
        storeId,
        `detachMediaFromProduct(input: { productId: "${productId}", mediaId: "${mediaId}" })`,
      ),
    async list(storeId, productId) {
      const data = await ask(
        storeId,
        `{ product(id: "${productId}") { mediaAssociations { displayOrder media { id } } } }`,
      );
      return Listed.parse(data).product.mediaAssociations.map(({ displayOrder, media }) => ({
        displayOrder,
        mediaId: media.id,
      }));
    },
    delete: (storeId, id) => change(storeId, `deleteProduct(input: { id: "${id}" })`),
    shown: {
      entityType: 'Product',
      rename: (storeId, id, name) =>
        change(storeId, `updateProduct(input: { id: "${id}", name: "${name}" })`),
      editUrl: (id) => `https://admin.example/products/${id}`,
    },
  };
}
