import { mediaAssociationContract } from '@federated-media/media-consumer/testing/media-association-contract';
import { z } from 'zod';
import { contractCms, graphsOf } from './support/contract-cms.ts';
import { openTestStack } from './support/stack.ts';

const Payload = z.object({ userErrors: z.array(z.object({ code: z.string() })) });

mediaAssociationContract('catalog', async () => {
  const stack = await openTestStack({ subgraphs: ['cms', 'catalog'] });
  const graphOf = graphsOf(stack);

  async function change(storeId: string, mutation: string) {
    const graph = await graphOf(storeId);
    const { data } = await graph.ask(`mutation { done: ${mutation} { userErrors { code } } }`);
    return Payload.parse(data?.['done']).userErrors.map(({ code }) => code);
  }

  return {
    cms: contractCms(stack, graphOf),
    close: () => stack.stop(),
    consumer: {
      name: 'catalog',
      async create(storeId) {
        const { data } = await (
          await graphOf(storeId)
        ).ask(
          'mutation ($sku: String!) { createProduct(input: { sku: $sku, name: "P" }) { product { id } } }',
          { sku: crypto.randomUUID() },
        );
        return z
          .object({ createProduct: z.object({ product: z.object({ id: z.string() }) }) })
          .parse(data).createProduct.product.id;
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
        const { data } = await (
          await graphOf(storeId)
        ).ask(
          'query ($id: ID!) { product(id: $id) { mediaAssociations { displayOrder media { id } } } }',
          { id: productId },
        );
        return Listed.parse(data).product.mediaAssociations.map(({ displayOrder, media }) => ({
          displayOrder,
          mediaId: media.id,
        }));
      },
      delete: (storeId, id) => change(storeId, `deleteProduct(input: { id: "${id}" })`),
    },
  };
});

const Listed = z.object({
  product: z.object({
    mediaAssociations: z.array(
      z.object({ displayOrder: z.number(), media: z.object({ id: z.string() }) }),
    ),
  }),
});
