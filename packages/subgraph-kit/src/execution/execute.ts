import {
  BREAK,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type DocumentNode,
  execute,
  getOperationAST,
  getVariableValues,
  isObjectType,
  visit,
} from 'graphql';
import { type ExecuteFields, type Run, isObject, isPromise } from './complete-values.ts';
import { compileOperation } from './compiled-operation.ts';
import { createFieldErrors } from './field-errors.ts';

export type OperationArgs = Pick<
  ExecutionArgs,
  'document' | 'operationName' | 'contextValue' | 'variableValues'
>;
export type Result = ExecutionResult | Promise<ExecutionResult>;

const NOT_COMPILED = 'not compiled';
/** As in graphql-js. */
const MAX_VARIABLE_ERRORS = 50;

/**
 * Executes valid operations of `schema`: plain queries compiled (`compileOperation`), all others by graphql-js. A
 * compiled operation is kept as long as its document.
 */
export function createExecutor(schema: GraphQLSchema): (args: OperationArgs) => Result {
  const hasTypeChecks = Object.values(schema.getTypeMap()).some(
    (type) => isObjectType(type) && type.isTypeOf,
  );
  const known = new WeakMap<OperationDefinitionNode, ExecuteFields | typeof NOT_COMPILED>();

  function compiled(document: DocumentNode, operation: OperationDefinitionNode) {
    const before = known.get(operation);
    if (before) return before;
    const isCompiled =
      operation.operation === OperationTypeNode.QUERY && !hasTypeChecks && isPlain(document);
    const made = isCompiled ? compileOperation(schema, document, operation) : NOT_COMPILED;
    known.set(operation, made);
    return made;
  }

  return (args) => {
    const { document, operationName, contextValue, variableValues } = args;
    const operation = getOperationAST(document, operationName);
    const executeRoot = operation ? compiled(document, operation) : NOT_COMPILED;
    if (!operation || executeRoot === NOT_COMPILED) return execute({ schema, ...args });
    const { coerced, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      variableValues ?? {},
      { maxErrors: MAX_VARIABLE_ERRORS },
    );
    if (!coerced) return { errors };
    return resultOf(executeRoot, {
      context: contextValue,
      variables: coerced,
      errors: createFieldErrors(),
    });
  };
}

/**
 * Whether the fields of all selections are the same for all requests, and exist in this schema: introspection has its
 * own types. A response name must not change the prototype of an object.
 */
function isPlain(document: DocumentNode): boolean {
  let plain = true;
  const stop = () => {
    plain = false;
    return BREAK;
  };
  visit(document, {
    Field({ name, alias }) {
      const isSpecial = /^__(?:schema|type)$/.test(name.value) || alias?.value === '__proto__';
      return isSpecial ? stop() : undefined;
    },
    Directive({ name, arguments: given = [] }) {
      const isCondition = name.value === 'skip' || name.value === 'include';
      const isOpen = given.some(({ value }) => value.kind === Kind.VARIABLE);
      return isCondition && isOpen ? stop() : undefined;
    },
  });
  return plain;
}

function resultOf(executeRoot: ExecuteFields, run: Run): Result {
  const { errors } = run;
  const succeeded = (data: unknown): ExecutionResult => ({
    ...(errors.list.length > 0 && { errors: errors.list }),
    data: isObject(data) ? data : null,
  });
  const failed = (error: unknown): ExecutionResult => {
    errors.add(toGraphQLError(error), undefined);
    return succeeded(null);
  };
  try {
    const data = executeRoot(undefined, run, undefined);
    return isPromise(data) ? data.then(succeeded, failed) : succeeded(data);
  } catch (error) {
    return failed(error);
  }
}

/** Errors of fields are located already. */
function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
