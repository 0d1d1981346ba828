import type { Resolvers } from '../generated/graphql.ts';

export const uploadResolvers = {
  Mutation: {
    uploadMedia: (_root, { input }, { caller, uploads }) => uploads.accept(caller, input),
    uploadMediaFiles: (_root, { input }, { caller, uploads }) => uploads.acceptAll(caller, input),
  },
  // Answered by what they are made from.
  UploadMediaPayload: {},
} satisfies Resolvers;
