import type { Resolvers } from '../../generated/graphql.ts';

export const storeResolvers = {
  Query: {
    mediaQuota: (_root, _none, { caller, stores }) => stores.quota(caller),
  },
  // Answered by what it is made from.
  MediaQuota: {},
} satisfies Resolvers;
