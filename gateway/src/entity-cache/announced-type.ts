import { type GraphQLSchema, getDirectiveValues, isEnumType } from 'graphql';

/** The query by which a subgraph reports changes, and the type of the entities that changed. */
const FEED = { query: 'mediaInvalidations', typeName: 'MediaFile' };

/** A type whose subgraph reports changes of its entities, so that they can be cached. */
export interface AnnouncedType {
  readonly subgraph: string;
  readonly typeName: string;
}

/** Undefined if no subgraph of the supergraph reports changes. @param schema The full schema of the supergraph */
export function announcedTypeOf(schema: GraphQLSchema): AnnouncedType | undefined {
  const field = schema.getQueryType()?.getFields()[FEED.query]?.astNode;
  const graphs = schema.getType('join__Graph');
  const [joinField, joinGraph] = [
    schema.getDirective('join__field'),
    schema.getDirective('join__graph'),
  ];
  if (!field || !isEnumType(graphs) || !joinField || !joinGraph) return undefined;

  // A supergraph of a single subgraph does not say where its fields are.
  const owner = getDirectiveValues(joinField, field)?.['graph'];
  const graph = typeof owner === 'string' ? graphs.getValue(owner) : graphs.getValues()[0];
  const node = graph?.astNode;
  const name = node && getDirectiveValues(joinGraph, node)?.['name'];
  return typeof name === 'string' ? { subgraph: name, typeName: FEED.typeName } : undefined;
}
