import { readPageRequest } from '@federated-media/subgraph-kit/pagination';
import type { MutationResolvers, ProductResolvers, QueryResolvers } from '../generated/graphql.ts';

export const Query = {
  product: (_root, by, { caller, products }) => products.find(caller, by),
  products: (_root, { filter, ...page }, { caller, products }) =>
    products.list(caller, readPageRequest(page), filter ?? {}),
} satisfies QueryResolvers;

export const Product = {
  __resolveReference: ({ id }, { entities }) => entities.products.load(id),
  variants: (product) => product.variants.map((variant) => ({ ...variant, product })),
  mediaAssociations: (product, { usageType }) =>
    product.uses
      .filter((use) => !usageType || use.usageType === usageType)
      .map((use) => ({ ...use, product })),
  mainImage: (product) => {
    const use = product.uses.find(({ usageType }) => usageType === 'MAIN_IMAGE');
    return use ? { ...use, product } : null;
  },
} satisfies ProductResolvers;

export const Mutation = {
  createProduct: (_root, { input }, { caller, products }) => products.create(caller, input),
  updateProduct: (_root, { input }, { caller, products }) => products.update(caller, input),
  deleteProduct: (_root, { input }, { caller, products }) => products.delete(caller, input),
} satisfies MutationResolvers;
