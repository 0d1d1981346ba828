import { definitionsOf, type Definition } from '@federated-media/stack/composition/definitions';
import { parse, printSchema, type GraphQLSchema } from 'graphql';

/** The most severe first. */
export const effects = ['breaking', 'dangerous', 'safe'] as const;

/** A difference from the graph that clients know. */
export interface Change {
  /**
   * Breaking: requests that work today may fail. Dangerous: responses may contain something that clients do not
   * expect.
   */
  readonly effect: (typeof effects)[number];
  readonly code: string;
  readonly coordinate: string;
  readonly message: string;
  /** Absent: a change of the whole graph. */
  readonly subgraph?: string;
}

/** A change without its coordinate. */
export type Difference = Omit<Change, 'coordinate'>;

export type Node = Definition['node'];
export type Definitions = ReadonlyMap<string, Node>;

/** The definitions of a schema by coordinate. */
export function definitionsByCoordinate(schema: GraphQLSchema): Definitions {
  const definitions = definitionsOf(parse(printSchema(schema)));
  return new Map(definitions.map(({ coordinate, node }) => [coordinate, node]));
}
