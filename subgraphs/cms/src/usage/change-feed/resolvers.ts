import type { Resolvers } from '../../generated/graphql.ts';

export const changeFeedResolvers = {
  Query: {
    mediaChanges: (_root, page, { caller, changeFeed, signal }) =>
      changeFeed.page(caller, page, signal),
  },
  // Resolved from their parents.
  MediaChange: {},
  MediaChangePage: {},
} satisfies Resolvers;
