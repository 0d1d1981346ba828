import type { Resolvers } from '../generated/graphql.ts';

export const libraryResolvers = {
  Query: {
    mediaLibrary: (_root, page, { caller, library }) => library.page(caller, page),
  },
  // Answered by what they are made from.
  MediaFileConnection: {},
  MediaFileEdge: {},
  PageInfo: {},
} satisfies Resolvers;
