import { readPageRequest } from '@federated-media/subgraph-kit/pagination';
import type { MutationResolvers, ProductResolvers, QueryResolvers } from '../generated/graphql.ts';
import { shownUsages } from '../product-media/usages.ts';
import { variantsOf } from '../product-variant/variants-of.ts';

export const Query = {
  product: (_root, by, { caller, products }) => products.find(caller, by),
  products: (_root, { filter, ...page }, { caller, products }) =>
    products.list(caller, readPageRequest(page), filter ?? {}),
} satisfies QueryResolvers;

export const Product = {
  __resolveReference: ({ id }, { entities }) => entities.products.load(id),
  variants: variantsOf,
  mediaAssociations: (product, { usageType }) =>
    shownUsages(product).filter((usage) => !usageType || usage.usageType === usageType),
  mainImage: (product) =>
    shownUsages(product).find(({ usageType }) => usageType === 'MAIN_IMAGE') ?? null,
} satisfies ProductResolvers;

export const Mutation = {
  createProduct: (_root, { input }, { caller, products }) => products.create(caller, input),
  updateProduct: (_root, { input }, { caller, products }) => products.update(caller, input),
  deleteProduct: (_root, { input }, { caller, products }) => products.delete(caller, input),
} satisfies MutationResolvers;
