import { definitionsOf, type Definition } from '@federated-media/stack/composition/definitions';
import { parse, printSchema, type GraphQLSchema } from 'graphql';

/** How the graph differs from the one that clients know. */
export interface Change {
  /** Breaking: requests that work may fail. Dangerous: they may be answered with what clients don't expect. */
  readonly effect: 'breaking' | 'dangerous' | 'safe';
  readonly code: string;
  readonly coordinate: string;
  readonly message: string;
}

export type Definitions = ReadonlyMap<string, Definition['node']>;

/** What a schema defines, by coordinate. */
export function definitionsByCoordinate(schema: GraphQLSchema): Definitions {
  const definitions = definitionsOf(parse(printSchema(schema)));
  return new Map(definitions.map(({ coordinate, node }) => [coordinate, node]));
}
