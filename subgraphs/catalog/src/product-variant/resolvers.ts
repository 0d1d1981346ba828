import type { MutationResolvers, ProductVariantResolvers } from '../generated/graphql.ts';
import { shownUses } from '../product-media/shown.ts';

export const ProductVariant = {
  __resolveReference: ({ id }, { entities }) => entities.variants.load(id),
  mediaAssociations: ({ id, product }, { usageType }) =>
    shownUses(product).filter(
      (use) => use.variantId === id && (!usageType || use.usageType === usageType),
    ),
} satisfies ProductVariantResolvers;

export const Mutation = {
  createProductVariant: (_root, { input }, { caller, variants }) => variants.create(caller, input),
  deleteProductVariant: (_root, { input }, { caller, variants }) => variants.delete(caller, input),
} satisfies MutationResolvers;
