import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Freshness } from './freshness.ts';

/** What every call of one client request shares. */
export interface GatewayContext extends RequestScope {
  deadline: Deadline;
  freshness: Freshness;
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
