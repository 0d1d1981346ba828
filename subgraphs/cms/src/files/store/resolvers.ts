import type { Resolvers } from '../../generated/graphql.ts';

export const storeResolvers = {
  Query: {
    mediaQuota: (_root, _none, { caller, stores }) => stores.quota(caller),
  },
  // Resolved from its parent.
  MediaQuota: {},
} satisfies Resolvers;
