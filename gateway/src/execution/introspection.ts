import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  executeSync,
} from 'graphql';
import type { Selecting } from './collect-fields.ts';
import type { Completion } from './completion.ts';

/** Resolves `nodes`, the selections of `__schema` or `__type` under one response name. Returns null if it fails. */
export function prepareIntrospection(
  { schema, fragments, operation }: Selecting & { operation: OperationDefinitionNode },
  nodes: readonly FieldNode[],
): (completion: Completion) => unknown {
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
  return ({ variables: variableValues, report }) => {
    const { data, errors: [error] = [] } = executeSync({ schema, document, variableValues });
    if (error) report(error.message);
    return Object.values(data ?? {})[0] ?? null;
  };
}
