import type { ApolloServerPlugin } from '@apollo/server';
import { OperationTypeNode } from 'graphql';

/** What the subgraphs say of how long their parts of one answer may be kept. */
export interface CachePolicy {
  /** The `cache-control` of a subgraph's answer, if it has one. */
  restrict(cacheControl: string | undefined): void;
  /** As long as the part that may be kept shortest; 0 when nothing is known. */
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

/** As Apollo Server says it; what is said in any other way is not to be kept. */
const maxAgeOf = (cacheControl: string): number =>
  Number(/^max-age=(\d{1,8}), (?:public|private)$/.exec(cacheControl)?.[1] ?? 0);

/**
 * `cache-control` of the whole answer. It is for one caller, so only that caller's own cache may keep it, and
 * only what is whole and changed nothing.
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
