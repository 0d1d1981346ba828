import type { Resolvers } from '../../generated/graphql.ts';

export const libraryResolvers = {
  Query: {
    mediaLibrary: (_root, page, { caller, library }) => library.page(caller, page),
    mediaFolders: (_root, _arguments, { caller, library }) => library.folders(caller),
  },
  // Resolved from their parents.
  MediaFileConnection: {},
  MediaFileEdge: {},
  MediaFolder: {},
  PageInfo: {},
} satisfies Resolvers;
