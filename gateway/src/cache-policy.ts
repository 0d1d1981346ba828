import type { ApolloServerPlugin } from '@apollo/server';
import { OperationTypeNode } from 'graphql';

/** Collects how long the parts of one response may be cached. */
export interface CachePolicy {
  /** Applies the `cache-control` header of a subgraph's response, if it has one. */
  restrict(cacheControl: string | undefined): void;
  /** The minimum of all parts; 0 when nothing is known. */
  maxAgeSeconds(): number;
}

export function createCachePolicy(): CachePolicy {
  let shortest: number | undefined;
  return {
    restrict(cacheControl = '') {
      shortest = Math.min(shortest ?? Infinity, maxAgeOf(cacheControl));
    },
    maxAgeSeconds: () => shortest ?? 0,
  };
}

/** The format of Apollo Server; a response with any other value is not cached. */
const maxAgeOf = (cacheControl: string): number =>
  Number(/^max-age=(\d{1,8}), (?:public|private)$/.exec(cacheControl)?.[1] ?? 0);

/**
 * Sets the `cache-control` header of the whole response. The response is for one caller, so only a private cache may
 * keep it, and only a query without errors is cacheable.
 */
export const cacheControl: ApolloServerPlugin<{ cachePolicy: CachePolicy }> = {
  requestDidStart: async () => ({
    async willSendResponse({ operation, response: { http, body }, contextValue: { cachePolicy } }) {
      const isQuery = operation?.operation === OperationTypeNode.QUERY;
      const isWhole = body.kind === 'single' && !body.singleResult.errors;
      const maxAge = isQuery && isWhole ? cachePolicy.maxAgeSeconds() : 0;
      http.headers.set('cache-control', maxAge > 0 ? `max-age=${maxAge}, private` : 'no-store');
      if (maxAge > 0) http.headers.set('vary', 'authorization, accept');
    },
  }),
};
