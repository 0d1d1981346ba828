import { readPageRequest } from '@federated-media/subgraph-kit/pagination';
import type { MutationResolvers, ProductResolvers, QueryResolvers } from '../generated/graphql.ts';
import { shownUsages } from '../product-media/usages.ts';
import { variantsOf } from '../product-variant/variants-of.ts';
import { readingOf } from './reading.ts';

export const Query = {
  product: (_root, by, { caller, products }, info) => products.find(caller, by, readingOf(info)),
  products: (_root, { filter, ...page }, { caller, products }, info) =>
    products.list(caller, readPageRequest(page), {
      filter: filter ?? {},
      reading: readingOf(info),
    }),
} satisfies QueryResolvers;

export const Product = {
  __resolveReference: ({ id }, { entities }, info) => entities(readingOf(info)).products.load(id),
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
