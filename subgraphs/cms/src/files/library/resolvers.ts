import type { Resolvers } from '../../generated/graphql.ts';

export const libraryResolvers = {
  Query: {
    mediaLibrary: (_root, page, { caller, library }) => library.page(caller, page),
    mediaFolders: (_root, _arguments, { caller, library }) => library.folders(caller),
  },
  // Answered by what they are made from.
  MediaFileConnection: {},
  MediaFileEdge: {},
  MediaFolder: {},
  PageInfo: {},
} satisfies Resolvers;
