import type { ApolloServerPlugin } from '@apollo/server';
import { OperationTypeNode } from 'graphql';

/** Collects how long the parts of one response may be cached, and whether they are public. */
export interface CachePolicy {
  /** Applies the `cache-control` header of a subgraph's response, if it has one. */
  restrict(cacheControl: string | undefined): void;
  /** Applies the remaining age of a public part. */
  restrictTo(maxAgeSeconds: number): void;
  /** Applies the policy of several parts. */
  include(other: CachePolicy): void;
  /** The minimum of all parts, with fractions; 0 when nothing is known. */
  maxAgeSeconds(): number;
  /** Whether the response is the same for all callers of the store with the same scopes: all parts must be public. */
  isPublic(): boolean;
}

export function createCachePolicy(): CachePolicy {
  let shortest: number | undefined;
  let isPublic = true;
  const apply = (part: Part) => {
    shortest = Math.min(shortest ?? Infinity, part.maxAge);
    isPublic &&= part.isPublic;
  };
  return {
    restrict: (cacheControl = '') => apply(partOf(cacheControl)),
    restrictTo: (maxAge) => apply({ maxAge, isPublic: true }),
    include: (other) => apply({ maxAge: other.maxAgeSeconds(), isPublic: other.isPublic() }),
    maxAgeSeconds: () => shortest ?? 0,
    isPublic: () => isPublic && shortest !== undefined,
  };
}

interface Part {
  readonly maxAge: number;
  readonly isPublic: boolean;
}

/** The format of Apollo Server; a response with any other value is not cached. */
function partOf(cacheControl: string): Part {
  const [, maxAge = 0, scope] = /^max-age=(\d{1,8}), (public|private)$/.exec(cacheControl) ?? [];
  return { maxAge: Number(maxAge), isPublic: scope === 'public' };
}

/** The header of a response for one caller. A client may use one that is too old with its tag. */
export const privateFor = (seconds: number): string =>
  `max-age=${Math.max(0, Math.floor(seconds))}, private`;

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
      http.headers.set('cache-control', maxAge > 0 ? privateFor(maxAge) : 'no-store');
      if (maxAge > 0) http.headers.set('vary', 'authorization, accept');
    },
  }),
};
