import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  defaultFieldResolver,
  defaultTypeResolver,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { argumentsOf } from './arguments.ts';
import {
  type Complete,
  type ExecuteFields,
  type Fail,
  type Field,
  type Run,
  completeExisting,
  completeLeaf,
  completeList,
  completeNonNull,
  completeWith,
  executeFields,
  isObject,
  isPromise,
} from './complete-values.ts';
import type { Path } from './field-errors.ts';

/** A field of a selection. */
interface Selected {
  readonly parent: GraphQLObjectType;
  readonly type: GraphQLOutputType;
  readonly fieldName: string;
  /** All that select it under the same response name. */
  readonly nodes: readonly FieldNode[];
}

/** No condition depends on a variable (`isPlain`). */
const NO_VARIABLES = {};

/**
 * Compiles an operation into one function for each field and type. What graphql-js finds out for each value, such as
 * the fields of a selection and their definitions, is found out once. The result equals that of graphql-js: values,
 * order of resolver calls, propagation of null, errors and their paths (`differential.test.ts`).
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ExecuteFields {
  const fragments = fragmentsOf(document);

  function compileField(
    parent: GraphQLObjectType,
    name: string,
    nodes: readonly FieldNode[],
  ): Field | undefined {
    const [node] = nodes;
    const fieldName = node?.name.value ?? '';
    if (fieldName === '__typename') return { name, execute: () => parent.name };
    const definition = parent.getFields()[fieldName];
    if (!node || !definition) return undefined;

    const { type, resolve } = definition;
    const selected = { parent, type, fieldName, nodes };
    const complete = completion(type, selected);
    const fail = failure(type, nodes);
    const given = argumentsOf(definition, node);
    const pathOf = (prev: Path | undefined): Path => ({ prev, key: name, typename: parent.name });
    const resolveWith =
      (resolver: GraphQLFieldResolver<unknown, unknown>): ExecuteFields =>
      (source, run, above) => {
        const path = pathOf(above);
        try {
          const value: unknown = resolver(
            source,
            given(run),
            run.context,
            infoOf(selected, run, path),
          );
          return completeWith(complete, value, run, path, fail);
        } catch (error) {
          return fail(error, run, path);
        }
      };
    if (resolve) return { name, execute: resolveWith(resolve) };

    const resolveByDefault = resolveWith(defaultFieldResolver);
    if (!isLeafType(isNonNullType(type) ? type.ofType : type)) {
      return { name, execute: resolveByDefault };
    }
    // Most fields of a page: no resolver, no promise, and no path unless there is an error.
    return {
      name,
      execute(source, run, above) {
        const value = isObject(source) ? source[fieldName] : undefined;
        if (isPromise(value) || typeof value === 'function' || typeof source === 'function') {
          return resolveByDefault(source, run, above);
        }
        try {
          return complete(value, run, UNUSED);
        } catch (error) {
          return fail(error, run, pathOf(above));
        }
      },
    };
  }

  function completion(type: GraphQLOutputType, selected: Selected): Complete {
    const coordinate = `${selected.parent.name}.${selected.fieldName}`;
    if (isNonNullType(type)) {
      return completeNonNull(completion(type.ofType, selected), coordinate);
    }
    if (isLeafType(type)) return completeLeaf(type);
    if (isListType(type)) {
      const { ofType } = type;
      return completeList(
        completion(ofType, selected),
        failure(ofType, selected.nodes),
        coordinate,
      );
    }
    return completeExisting(
      isAbstractType(type) ? ofAbstract(type, selected) : ofObject(type, selected),
    );
  }

  function ofObject(type: GraphQLObjectType, { nodes }: Selected): ExecuteFields {
    return compiledWhenNeeded(type, () =>
      collectSubfields(schema, fragments, NO_VARIABLES, type, nodes),
    );
  }

  function compiledWhenNeeded(
    type: GraphQLObjectType,
    collect: () => ReadonlyMap<string, readonly FieldNode[]>,
  ): ExecuteFields {
    let execute: ExecuteFields | undefined;
    return (source, run, path) => {
      execute ??= executeFields(
        [...collect()].flatMap(([name, nodes]) => compileField(type, name, nodes) ?? []),
      );
      return execute(source, run, path);
    };
  }

  function ofAbstract(type: GraphQLAbstractType, selected: Selected): Complete {
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const byType = new Map<GraphQLObjectType, ExecuteFields>();
    const executeAs = (name: unknown, value: unknown, run: Run, path: Path) => {
      const concrete = typeof name === 'string' ? schema.getType(name) : undefined;
      if (!isObjectType(concrete) || !schema.isSubType(type, concrete)) {
        const message = `Abstract type "${type.name}" must resolve to one of its object types.`;
        throw new GraphQLError(message, { nodes: selected.nodes });
      }
      const execute = byType.get(concrete) ?? ofObject(concrete, selected);
      byType.set(concrete, execute);
      return execute(value, run, path);
    };
    return (value, run, path) => {
      const name: unknown = resolveType(value, run.context, infoOf(selected, run, path), type);
      return isPromise(name)
        ? name.then((resolved) => executeAs(resolved, value, run, path))
        : executeAs(name, value, run, path);
    };
  }

  const infoOf = (
    { parent, type, fieldName, nodes }: Selected,
    { variables }: Run,
    path: Path,
  ): GraphQLResolveInfo => ({
    fieldName,
    fieldNodes: nodes,
    returnType: type,
    parentType: parent,
    path: fieldPath(path),
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues: variables,
  });

  const root = schema.getRootType(operation.operation);
  if (!root) throw new GraphQLError(`There is no ${operation.operation} type.`);
  return compiledWhenNeeded(root, () =>
    collectFields(schema, fragments, NO_VARIABLES, root, operation.selectionSet),
  );
}

/** For leaf values, whose completion does not use it. */
const UNUSED: Path = { prev: undefined, key: '', typename: undefined };

/** Without the indices of list elements. */
function fieldPath(path: Path): Path {
  let at = path;
  while (typeof at.key === 'number' && at.prev) at = at.prev;
  return at;
}

function failure(type: GraphQLOutputType, nodes: readonly FieldNode[]): Fail {
  const isNullable = !isNonNullType(type);
  return (error, run, path) => {
    const located = locatedError(error, nodes, responsePathAsArray(path));
    if (!isNullable) throw located;
    run.errors.add(located, path);
    return null;
  };
}

const fragmentsOf = ({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> =>
  Object.fromEntries(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
