import type { Resolvers } from '../../generated/graphql.ts';

export const invalidationResolvers = {
  Query: {
    mediaInvalidations: (_root, page, { caller, invalidations, signal }) =>
      invalidations.page(caller, page, signal),
  },
  // Resolved from their parents.
  MediaInvalidation: {},
  MediaInvalidationPage: {},
} satisfies Resolvers;
