import type { ResolverMap } from '@federated-media/subgraph-kit/schema';
import type { LocalSubgraphs } from '../../../testing/local-graph.ts';

export interface Operation {
  query: string;
  variables?: Readonly<Record<string, unknown>>;
}

/** One graph over the same data twice: federated, and as a single schema. */
export interface World {
  name: string;
  subgraphs: LocalSubgraphs;
  /**
   * Resolvers of the single schema: its types are those that clients see of the federated graph. Objects of
   * abstract types have a `__typename`.
   */
  monolith: ResolverMap;
  /** Always run, before the random operations. */
  operations: readonly (string | Operation)[];
  /** Names for variables that could be confused with the gateway's own. */
  variableNames?: readonly string[];
  /** Restores the data that mutations change. */
  reset?: () => void;
}

/** The parent of a field, of which only the id is known. */
export interface Reference {
  id: string;
}
