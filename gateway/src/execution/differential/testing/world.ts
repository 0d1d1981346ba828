import type { ResolverMap } from '@federated-media/subgraph-kit/schema';
import type { LocalSubgraphs } from '../../../testing/local-graph.ts';

export interface Operation {
  query: string;
  variables?: Readonly<Record<string, unknown>>;
}

/** One graph with the same data in two forms: federated, and as a single schema. */
export interface World {
  name: string;
  subgraphs: LocalSubgraphs;
  /**
   * Resolvers of the single schema. Its types are those that clients see of the federated graph. Objects of abstract
   * types have a `__typename`.
   */
  monolith: ResolverMap;
  /** Always run, before the random operations. */
  operations: readonly (string | Operation)[];
  /** Names of variables that could conflict with internal ones of the gateway. */
  variableNames?: readonly string[];
  /** Restores the data that mutations change. */
  reset?: () => void;
}

/** The parent of a field, with only its id. */
export interface Reference {
  id: string;
}
