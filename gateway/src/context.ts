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
  /** Resolves when planning may start for this request. @throws GraphQLError */
  beforePlanning(): Promise<void>;
}

/** The time limit of a whole request. */
export interface Deadline {
  /** Milliseconds, never less than zero. */
  remainingMs(): number;
  /** Call it after an upload, which has separate deadlines: the rest of the request has the full time. */
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
