import type { TypePolicies } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/**
 * Type policies for `InMemoryCache`: the pages of a connection that were fetched one after another are one list, one
 * list for each filter and order.
 */
export const typePolicies = (): TypePolicies => ({
  Query: {
    fields: {
      products: relayStylePagination(['filter']),
      artworks: relayStylePagination(),
      posts: relayStylePagination(),
      mediaLibrary: relayStylePagination(['filter', 'orderBy']),
    },
  },
  MediaFile: {
    fields: {
      usages: relayStylePagination(),
      auditLog: relayStylePagination(),
    },
  },
});
