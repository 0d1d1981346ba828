import type { Resolvers } from '../../generated/graphql.ts';

export const uploadResolvers = {
  Mutation: {
    uploadMedia: (_root, { input }, scope) => scope.uploads.accept(scope, input),
    uploadMediaFiles: (_root, { input }, scope) => scope.uploads.acceptAll(scope, input),
    replaceMediaContent: (_root, { input }, scope) => scope.replacements.replace(scope, input),
    createStagedUploads: (_root, { input }, { caller, stagedUploads }) =>
      stagedUploads.create(caller, input),
    completeStagedUpload: (_root, { input }, scope) => scope.stagedUploads.complete(scope, input),
    importMedia: (_root, { input }, scope) => scope.imports.accept(scope, input),
  },
  // Default resolvers: the services return these objects.
  UploadMediaPayload: {},
  StagedUpload: {},
  CreateStagedUploadPayload: {},
  HttpHeader: {},
} satisfies Resolvers;
