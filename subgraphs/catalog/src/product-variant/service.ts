import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import { unlessInUse } from '@federated-media/media-consumer/value-in-use';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { normalKey, normalLine } from '@federated-media/subgraph-kit/normal-form';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type {
  CreateProductVariantInput,
  ProductIdInput,
  ResolversParentTypes,
} from '../generated/graphql.ts';
import { without } from '../product-media/usages.ts';
import { fieldProblem, skuTaken } from '../product/fields.ts';
import type { ProductRepository } from '../product/repository.ts';
import { MAX_VARIANTS, type ProductVariant } from './product-variant.ts';

/** Variants of the products of the caller's store. */
export function createProductVariantService({
  products,
  media,
}: {
  products: ProductRepository;
  media: MediaConsumer;
}) {
  return {
    async create(
      { storeId }: Caller,
      input: CreateProductVariantInput,
    ): Promise<ResolversParentTypes['ProductPayload']> {
      const problem = fieldProblem({ sku: input.sku, name: input.name });
      if (problem) return rejectedWith(problem);
      const variant: ProductVariant = {
        id: newId(),
        sku: normalKey(input.sku),
        name: normalLine(input.name),
        createdAt: new Date(),
      };
      return unlessInUse(skuTaken(), async () => {
        const decision = await products.change({ storeId, id: input.productId }, (product) =>
          product.variants.length < MAX_VARIANTS
            ? { entity: { ...product, variants: [...product.variants, variant] }, answer: 'added' }
            : { entity: product, answer: 'full' },
        );
        if (!decision) return rejectedWith(notFound('product', ['input', 'productId']));
        if (decision.answer === 'added') return { product: decision.entity, userErrors: [] };
        const message = `The product has too many variants. The maximum is ${MAX_VARIANTS}.`;
        return rejectedWith(userError('INVALID', message, ['input', 'productId']));
      });
    },

    async delete(
      { storeId }: Caller,
      { id: givenId }: ProductIdInput,
    ): Promise<ResolversParentTypes['ProductPayload']> {
      const unknown = rejectedWith(notFound('variant', ['input', 'id']));
      const variantId = readId(givenId);
      const [owner] =
        variantId === null ? [] : await products.findByVariantIds(storeId, [variantId]);
      if (!owner) return unknown;

      const decision = await products.change({ storeId, id: owner.id }, (product) => {
        const variants = product.variants.filter(({ id }) => id !== variantId);
        const usages = without(product.usages, (usage) => usage.variantId === variantId);
        const isGone = variants.length < product.variants.length;
        return isGone
          ? { entity: { ...product, variants, usages }, answer: 'deleted' }
          : { entity: product, answer: 'unknown' };
      });
      if (decision?.answer !== 'deleted') return unknown;
      await media.sendNow();
      return { product: decision.entity, userErrors: [] };
    },
  };
}
export type ProductVariantService = ReturnType<typeof createProductVariantService>;
