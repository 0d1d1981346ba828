import type { Resolvers } from '../generated/graphql.ts';

export const usageResolvers = {
  Mutation: {
    claimMediaUsages: (_root, { input }, { caller, usages }) => usages.claim(caller, input),
    releaseMediaUsages: (_root, { input }, { caller, usages }) => usages.release(caller, input),
  },
  MediaFile: {
    usages: (file, page, { usages, loaders }) => usages.page(file, page, loaders.usages),
  },
  // Answered by what they are made from.
  ClaimMediaUsagesPayload: {},
  MediaUsage: {},
  MediaUsageConnection: {},
  MediaUsageEdge: {},
  ReleaseMediaUsagesPayload: {},
} satisfies Resolvers;
