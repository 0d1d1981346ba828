import { type DocumentNode, type FieldNode, Kind, OperationTypeNode, executeSync } from 'graphql';
import type { Selecting } from './collect-fields.ts';
import type { OperationDefinitionNode } from 'graphql';

/** What the schema says about itself, for `nodes`: `__schema` or `__type`, selected under one name. */
export function prepareIntrospection(
  { schema, fragments, operation }: Selecting & { operation: OperationDefinitionNode },
  nodes: readonly FieldNode[],
): (variables: Readonly<Record<string, unknown>>) => unknown {
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: operation.variableDefinitions ?? [],
        selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
      },
      ...Object.values(fragments),
    ],
  };
  return (variableValues) => {
    const { data, errors } = executeSync({ schema, document, variableValues });
    if (errors) throw new AggregateError(errors, 'The schema could not be introspected.');
    return Object.values(data ?? {})[0];
  };
}
