import type { Resolvers } from '../../generated/graphql.ts';

export const usageResolvers = {
  Query: {
    mediaUsageClaims: (_root, page, { caller, usageClaims }) => usageClaims.page(caller, page),
  },
  Mutation: {
    claimMediaUsages: (_root, { input }, { caller, usages }) => usages.claim(caller, input),
    releaseMediaUsages: (_root, { input }, { caller, usages }) => usages.release(caller, input),
  },
  MediaFile: {
    usages: (file, page, { usages, loaders }) => usages.page(file, page, loaders.usages),
  },
  // Resolved from their parents.
  ClaimMediaUsagesPayload: {},
  MediaUsage: {},
  MediaUsageClaim: {},
  MediaUsageClaimPage: {},
  MediaUsageConnection: {},
  MediaUsageEdge: {},
  ReleaseMediaUsagesPayload: {},
} satisfies Resolvers;
