import type { MutationResolvers, ProductMediaResolvers } from '../generated/graphql.ts';
import { readingOf } from '../product/reading.ts';

export const ProductMedia = {
  __resolveReference: ({ id }, { entities }, info) => entities(readingOf(info)).usages.load(id),
  media: ({ mediaId }) => ({ __typename: 'MediaFile', id: mediaId }),
  variant: ({ variantId, product }) => {
    const variant = product.variants.find(({ id }) => id === variantId);
    return variant ? { ...variant, product } : null;
  },
} satisfies ProductMediaResolvers;

export const Mutation = {
  attachMediaToProduct: (_root, { input }, { caller, productMedia }) =>
    productMedia.attach(caller, input),
  attachMediaFilesToProduct: (_root, { input }, { caller, productMedia }) =>
    productMedia.attachMany(caller, input),
  detachMediaFromProduct: (_root, { input }, { caller, productMedia }) =>
    productMedia.detach(caller, input),
  setProductMainImage: (_root, { input }, { caller, productMedia }) =>
    productMedia.setMainImage(caller, input),
  updateProductMedia: (_root, { input }, { caller, productMedia }) =>
    productMedia.update(caller, input),
  reorderProductMedia: (_root, { input }, { caller, productMedia }) =>
    productMedia.reorder(caller, input),
} satisfies MutationResolvers;
