import type { MutationResolvers, PostMediaResolvers } from '../generated/graphql.ts';

export const PostMedia = {
  __resolveReference: ({ id }, { entities }) => entities.usages.load(id),
  media: ({ mediaId }) => ({ __typename: 'MediaFile', id: mediaId }),
} satisfies PostMediaResolvers;

export const Mutation = {
  attachMediaToPost: (_root, { input }, { caller, postMedia }) => postMedia.attach(caller, input),
  detachMediaFromPost: (_root, { input }, { caller, postMedia }) => postMedia.detach(caller, input),
} satisfies MutationResolvers;
