import type { GalleryMediaResolvers, MutationResolvers } from '../generated/graphql.ts';

export const GalleryMedia = {
  __resolveReference: ({ id }, { entities }) => entities.usages.load(id),
  media: ({ mediaId }) => ({ __typename: 'MediaFile', id: mediaId }),
} satisfies GalleryMediaResolvers;

export const Mutation = {
  attachMediaToArtwork: (_root, { input }, { caller, galleryMedia }) =>
    galleryMedia.attach(caller, input),
  detachMediaFromArtwork: (_root, { input }, { caller, galleryMedia }) =>
    galleryMedia.detach(caller, input),
  setPrimaryArtworkMedia: (_root, { input }, { caller, galleryMedia }) =>
    galleryMedia.setPrimary(caller, input),
  updateGalleryMedia: (_root, { input }, { caller, galleryMedia }) =>
    galleryMedia.update(caller, input),
} satisfies MutationResolvers;
