import type { MutationResolvers, ProductVariantResolvers } from '../generated/graphql.ts';
import { readingOf } from '../product/reading.ts';
import { shownUsages } from '../product-media/usages.ts';

export const ProductVariant = {
  __resolveReference: ({ id }, { entities }, info) => entities(readingOf(info)).variants.load(id),
  mediaAssociations: ({ id, product }, { usageType }) =>
    shownUsages(product).filter(
      (usage) => usage.variantId === id && (!usageType || usage.usageType === usageType),
    ),
} satisfies ProductVariantResolvers;

export const Mutation = {
  createProductVariant: (_root, { input }, { caller, variants }) => variants.create(caller, input),
  deleteProductVariant: (_root, { input }, { caller, variants }) => variants.delete(caller, input),
} satisfies MutationResolvers;
