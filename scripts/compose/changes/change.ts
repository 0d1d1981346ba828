import { definitionsOf, type Definition } from '@federated-media/stack/composition/definitions';
import { parse, printSchema, type GraphQLSchema } from 'graphql';

/** From the worst to the least. */
export const effects = ['breaking', 'dangerous', 'safe'] as const;

/** How the graph differs from the one that clients know. */
export interface Change {
  /** Breaking: requests that work may fail. Dangerous: they may be answered with what clients don't expect. */
  readonly effect: (typeof effects)[number];
  readonly code: string;
  readonly coordinate: string;
  readonly message: string;
  /** Absent: it is one of the whole graph. */
  readonly subgraph?: string;
}

/** A change without what it is about. */
export type Difference = Omit<Change, 'coordinate'>;

export type Node = Definition['node'];
export type Definitions = ReadonlyMap<string, Node>;

/** What a schema defines, by coordinate. */
export function definitionsByCoordinate(schema: GraphQLSchema): Definitions {
  const definitions = definitionsOf(parse(printSchema(schema)));
  return new Map(definitions.map(({ coordinate, node }) => [coordinate, node]));
}
