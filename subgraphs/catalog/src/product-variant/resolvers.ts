import type { MutationResolvers, ProductVariantResolvers } from '../generated/graphql.ts';

export const ProductVariant = {
  __resolveReference: ({ id }, { entities }) => entities.variants.load(id),
  mediaAssociations: ({ id, product }, { usageType }) =>
    product.uses
      .filter((use) => use.variantId === id && (!usageType || use.usageType === usageType))
      .map((use) => ({ ...use, product })),
} satisfies ProductVariantResolvers;

export const Mutation = {
  createProductVariant: (_root, { input }, { caller, variants }) => variants.create(caller, input),
  deleteProductVariant: (_root, { input }, { caller, variants }) => variants.delete(caller, input),
} satisfies MutationResolvers;
