import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { CachePolicy } from './cache-policy.ts';

/** The interface that Apollo Server expects of a gateway; its package does not name the types. */
export type Gateway = ApolloServerOptionsWithGateway<BaseContext>['gateway'];
export type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/** What all subgraph requests of one client request share. */
export interface GatewayContext extends RequestScope {
  deadline: Deadline;
  cachePolicy: CachePolicy;
  /** Resolves when a plan may be made for this request. @throws GraphQLError */
  beforePlanning(): Promise<void>;
}

/** How long a whole request may take. */
export interface Deadline {
  /** Milliseconds, never less than zero. */
  remainingMs(): number;
  /** After an upload, which has deadlines of its own: what follows has all of the time again. */
  restart(): void;
}

export function createDeadline(timeoutMs: number): Deadline {
  let startedAt = performance.now();
  return {
    remainingMs: () => Math.max(0, timeoutMs - (performance.now() - startedAt)),
    restart() {
      startedAt = performance.now();
    },
  };
}
