import type { FetchNode } from '@apollo/query-planner';
import { Kind, type SelectionSetNode, parse } from 'graphql';
import { fieldTypeOf, selectedFields } from './selected-fields.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';

/** The field of a fetch that resolves representations (Federation, `Query._entities`). */
const ENTITIES = '_entities';

/**
 * Returns a field, as `Type.field`, that a fetch selects although the subgraph does not receive the fields that it
 * requires (`@requires`). ApolloGateway creates such plans for required fields that have requirements themselves, in
 * queries that start in their subgraph. The subgraph would return a wrong value.
 */
export function unmetRequirement(
  { operation, serviceName }: FetchNode,
  { schema, requiredBy }: Pick<SupergraphFacts, 'schema' | 'requiredBy'>,
): string | undefined {
  if (requiredBy.size === 0) return undefined;

  const unmetIn = (
    selectionSet: SelectionSetNode,
    typeName: string,
    isRepresented: boolean,
  ): string | undefined => {
    const selected = selectedFields([selectionSet], typeName);
    const names = new Set(selected.map(({ field }) => field.name.value));
    for (const { field, parent } of selected) {
      const fieldName = field.name.value;
      const coordinate = `${parent}.${fieldName}`;
      const required = (requiredBy.get(coordinate) ?? [])
        .filter(({ subgraph }) => subgraph === serviceName)
        .flatMap(({ fieldSet }) => selectedFields([fieldSet], parent));
      const isMet = isRepresented || required.every((it) => names.has(it.field.name.value));
      if (!isMet) return coordinate;
      if (!field.selectionSet) continue;
      const below =
        fieldName === ENTITIES ? '' : (fieldTypeOf(schema, parent, fieldName)?.name ?? '');
      const unmet = unmetIn(field.selectionSet, below, fieldName === ENTITIES);
      if (unmet !== undefined) return unmet;
    }
    return undefined;
  };

  for (const definition of parse(operation, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = schema.getRootType(definition.operation);
    const unmet = unmetIn(definition.selectionSet, root?.name ?? '', false);
    if (unmet !== undefined) return unmet;
  }
  return undefined;
}
