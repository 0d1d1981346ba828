import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Freshness } from './freshness.ts';

/** What every call of one client request shares. */
export interface GatewayContext extends RequestScope {
  deadline: Deadline;
  freshness: Freshness;
  /** Resolves when one more operation may be planned. @throws GraphQLError OVERLOADED */
  waitToPlan(this: void): Promise<void>;
}

/** Whether an operation is one of a client; those that are planned before a graph is served have no context. */
export const isGatewayContext = (context: unknown): context is GatewayContext =>
  typeof context === 'object' && context !== null && 'waitToPlan' in context;

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
