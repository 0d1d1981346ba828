import type { Resolvers } from '../../generated/graphql.ts';

export const folderResolvers = {
  Query: {
    mediaFolders: (_root, _arguments, { caller, folders }) => folders.list(caller),
  },
  Mutation: {
    createMediaFolder: (_root, { input }, { caller, folders }) => folders.create(caller, input),
    renameMediaFolder: (_root, { input }, { caller, folders }) => folders.rename(caller, input),
    deleteMediaFolder: (_root, { input }, { caller, folders }) => folders.delete(caller, input),
  },
  // Resolved from their parents.
  DeleteMediaFolderPayload: {},
  MediaFolder: {},
  MediaFolderPayload: {},
} satisfies Resolvers;
