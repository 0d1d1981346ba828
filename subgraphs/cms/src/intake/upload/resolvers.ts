import type { Resolvers } from '../../generated/graphql.ts';

export const uploadResolvers = {
  Mutation: {
    uploadMedia: (_root, { input }, { caller, uploads }) => uploads.accept(caller, input),
    uploadMediaFiles: (_root, { input }, { caller, uploads }) => uploads.acceptAll(caller, input),
    replaceMediaContent: (_root, { input }, { caller, replacements }) =>
      replacements.replace(caller, input),
    createStagedUploads: (_root, { input }, { caller, stagedUploads }) =>
      stagedUploads.create(caller, input),
    completeStagedUpload: (_root, { input }, { caller, signal, stagedUploads }) =>
      stagedUploads.complete(caller, input, signal),
    importMedia: (_root, { input }, scope) => scope.imports.accept(scope, input),
  },
  // Default resolvers: the services return these objects.
  UploadMediaPayload: {},
  StagedUpload: {},
  CreateStagedUploadPayload: {},
  HttpHeader: {},
} satisfies Resolvers;
