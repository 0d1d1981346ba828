import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';

export interface NamedOperation {
  readonly query: string;
  /** The editor keeps the name of the previous tab for a moment. */
  readonly operationName?: string | null | undefined;
}

/** The operation with this name, or else the only one of the document. Null if the text is not a document. */
export function selectedOperation({
  query,
  operationName,
}: NamedOperation): OperationDefinitionNode | null {
  const operations = operationsOf(documentOf(query));
  const named = operations.find(({ name }) => name?.value === operationName);
  const [only] = operations.length === 1 ? operations : [];
  return named ?? only ?? null;
}

const operationsOf = (document: DocumentNode | null) =>
  (document?.definitions ?? []).filter(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === Kind.OPERATION_DEFINITION,
  );

function documentOf(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return null;
  }
}
