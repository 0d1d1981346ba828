import type { Resolvers } from '../../generated/graphql.ts';

export const changeFeedResolvers = {
  Query: {
    mediaChanges: (_root, page, { caller, changeFeed, signal }) =>
      changeFeed.page(caller, page, signal),
  },
  // Answered by what they are made from.
  MediaChange: {},
  MediaChangePage: {},
} satisfies Resolvers;
