import {
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  type TypeNode,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type NamedOperation, selectedOperation } from '../operations.ts';

const UPLOAD = 'Upload';
/** In a path: every index of a list. */
export const EACH = '*';

/** A place in the variables of an operation that takes files. */
export interface UploadSlot {
  /** The variable, and the way to the file in it: `["input", "*", "file"]`. */
  readonly path: readonly string[];
  /** Whether it takes several files. */
  readonly isList: boolean;
  /** Whether it is a variable that must be a file: `$file: Upload!`. */
  readonly isRequired: boolean;
}

/**
 * The places for files in the variables of an operation. Without a schema those in input objects are unknown. A text
 * that is not a document has none.
 */
export function uploadSlots(
  operation: NamedOperation,
  schema: GraphQLSchema | null | undefined,
): UploadSlot[] {
  const variables = selectedOperation(operation)?.variableDefinitions ?? [];
  return variables.flatMap(({ variable, type, defaultValue }) => {
    const hasToBeGiven = type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;
    const paths = pathsInNode(type, { path: [variable.name.value], schema });
    return paths.map((path) => ({
      path,
      isList: path.includes(EACH),
      isRequired: hasToBeGiven && path.length === 1,
    }));
  });
}

interface Place {
  readonly path: readonly string[];
  readonly schema: GraphQLSchema | null | undefined;
}

function pathsInNode(node: TypeNode, { path, schema }: Place): (readonly string[])[] {
  if (node.kind === Kind.NON_NULL_TYPE) return pathsInNode(node.type, { path, schema });
  if (node.kind === Kind.LIST_TYPE)
    return pathsInNode(node.type, { path: [...path, EACH], schema });
  if (node.name.value === UPLOAD) return [path];
  const type = schema?.getType(node.name.value);
  return isInputObjectType(type) ? pathsInType(type, path, new Set()) : [];
}

/** `above`: the names of the input objects around it, because they may contain themselves. */
function pathsInType(
  type: GraphQLInputType,
  path: readonly string[],
  above: ReadonlySet<string>,
): (readonly string[])[] {
  if (isNonNullType(type)) return pathsInType(type.ofType, path, above);
  if (isListType(type)) return pathsInType(type.ofType, [...path, EACH], above);
  const { name } = getNamedType(type);
  if (name === UPLOAD) return [path];
  if (!isInputObjectType(type) || above.has(name)) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    pathsInType(field.type, [...path, field.name], new Set([...above, name])),
  );
}

/** `$input[].file` */
export const nameOf = ({ path }: UploadSlot): string =>
  `$${path.join('.').replaceAll(`.${EACH}`, '[]')}`;
