import {
  type FieldNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type OperationDefinitionNode,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type ResponseObject, isInherited, isObject } from './response-objects.ts';
import { type Selecting, collectFields } from './collect-fields.ts';
import type { Completion, Reasons } from './completion.ts';
import { prepareIntrospection } from './introspection.ts';
import { leafValidity } from './leaf-values.ts';

/**
 * What a value becomes for the client. `undefined` is a null whose reason is among the errors; `null` is a null
 * that no error speaks of.
 */
type Shape = (value: unknown, completion: Completion) => unknown;
export type ObjectShape = (
  value: ResponseObject,
  completion: Completion,
) => ResponseObject | null | undefined;
type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** One field of an object that is shown. */
interface Entry {
  /** The response name. */
  readonly name: string;
  /** The name under which subgraphs answer it. */
  readonly key: string;
  readonly fieldName: string;
  readonly isNullable: boolean;
  readonly complete: (object: ResponseObject, completion: Completion) => unknown;
}

export interface ShapeOptions extends Selecting {
  readonly operation: OperationDefinitionNode;
  /** The name under which subgraphs answer what this node selects. */
  readonly plannedNameOf: (node: FieldNode) => string;
}

/**
 * Compiles how what the subgraphs answered is shown: the fields that were asked for, in the order and under
 * the names asked for, with null up to the nearest place that allows it where something is missing or is not
 * of its type, and an error for each such null (GraphQL, "Handling Field Errors").
 */
export function compileShape(options: ShapeOptions): ObjectShape {
  const { schema, operation, plannedNameOf } = options;
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`There is no ${operation.operation} type.`);

  const shapeOf = (type: GraphQLOutputType, nodes: readonly FieldNode[]): Shape => {
    if (isNonNullType(type)) return shapeOf(type.ofType, nodes);
    if (isListType(type)) return listOf(shapeOf(type.ofType, nodes), isNonNullType(type.ofType));
    if (isLeafType(type)) {
      const isValid = leafValidity(type);
      return (value, completion) =>
        value === null || isValid(value) ? value : mismatch(completion, type.name);
    }
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const compile = (concrete: Composite): ObjectShape =>
      objectOf(concrete, collectFields(options, concrete, selectionSets).fields);
    const shapes = new Map<unknown, ObjectShape>();
    if (isObjectType(type)) {
      const shape = compile(type);
      shapes.set(undefined, shape).set(type.name, shape);
    } else if (isInterfaceType(type)) {
      // A subgraph where the type is an interface object knows the interface only, and plans ask it for no more.
      const { fields, dependsOnType } = collectFields(options, type, selectionSets);
      const shape = dependsOnType ? untyped : objectOf(type, fields);
      shapes.set(undefined, shape).set(type.name, shape);
    }
    return (value, completion) => {
      if (value === null) return null;
      if (!isObject(value)) return mismatch(completion, type.name);
      const typename = value['__typename'];
      let shape = shapes.get(typename);
      if (!shape) {
        const concrete = typeof typename === 'string' ? schema.getType(typename) : undefined;
        const isPossible =
          isObjectType(concrete) && !isObjectType(type) && schema.isSubType(type, concrete);
        if (!isPossible) return untyped(value, completion);
        shape = compile(concrete);
        shapes.set(typename, shape);
      }
      return shape(value, completion);
    };
  };

  const objectOf = (
    type: Composite,
    fields: ReadonlyMap<string, readonly FieldNode[]>,
  ): ObjectShape => {
    const entries = [...fields].map(([name, nodes]) => entryOf(type, name, nodes));
    const hasInheritedName = entries.some(({ name }) => isInherited(name));
    return (value, completion) => {
      const { absent, failed } = completion.reasons;
      const keyFields = absent.get(value);
      if (keyFields && isMissed(keyFields, value, entries))
        return failed.has(value) ? undefined : null;
      const shown: ResponseObject = {};
      if (hasInheritedName) Object.setPrototypeOf(shown, null);
      for (const { name, isNullable, complete } of entries) {
        const field = complete(value, completion);
        if (field === null && !isNullable) return undefined;
        shown[name] = field;
      }
      return shown;
    };
  };

  const entryOf = (type: Composite, name: string, nodes: readonly FieldNode[]): Entry => {
    const [node] = nodes;
    if (!node) throw new Error(`Nothing is selected as ${name}.`);
    const fieldName = node.name.value;
    const common = { name, key: plannedNameOf(node), fieldName, isNullable: true };
    if (fieldName === '__typename') return { ...common, complete: () => type.name };
    if (fieldName === '__schema' || fieldName === '__type') {
      const introspect = prepareIntrospection(options, nodes);
      return {
        ...common,
        complete(_object, completion) {
          completion.trail.push(name);
          const shown = introspect(completion);
          completion.trail.pop();
          return shown;
        },
      };
    }
    const field = type.getFields()[fieldName];
    if (!field) throw new Error(`${type.name} has no field ${fieldName}.`);
    const isNullable = !isNonNullType(field.type);
    const coordinate = `${type.name}.${fieldName}`;
    const shape = shapeOf(field.type, nodes);
    return {
      ...common,
      isNullable,
      complete: completer({ ...common, isNullable, coordinate, shape }),
    };
  };

  return objectOf(root, collectFields(options, root, [operation.selectionSet]).fields);
}

/** What a field of an object becomes: never undefined, and with a reason for each null. */
function completer({
  name,
  key,
  isNullable,
  coordinate,
  shape,
}: Omit<Entry, 'complete'> & { coordinate: string; shape: Shape }): Entry['complete'] {
  const cannotBeNull = `Cannot return null for non-nullable field ${coordinate}.`;
  return (object, completion) => {
    const { trail, reasons, report } = completion;
    const value = object[key];
    trail.push(name);
    const shown = value === undefined ? null : shape(value, completion);
    if (shown === null && !reasons.failed.has(object)) {
      if (!isNullable) report(cannotBeNull);
      else if (value === undefined && !isPartial(object, reasons))
        report(`No subgraph returned ${coordinate}.`);
    }
    trail.pop();
    return shown ?? null;
  };
}

const isPartial = (object: ResponseObject, { notAsked, notFound }: Reasons): boolean =>
  notAsked.has(object) || notFound.has(object);

const listOf =
  (shape: Shape, isNonNull: boolean): Shape =>
  (value, completion) => {
    if (value === null) return null;
    if (!Array.isArray(value)) return mismatch(completion, 'list');
    const elements: readonly unknown[] = value;
    const { trail, report } = completion;
    const shown: unknown[] = [];
    for (const [index, element] of elements.entries()) {
      trail.push(index);
      const item = shape(element, completion);
      if (item === null && isNonNull) report('Cannot return null for a non-nullable list item.');
      trail.pop();
      if (isNonNull && (item === null || item === undefined)) return undefined;
      shown.push(item ?? null);
    }
    return shown;
  };

/** Whether a field of its owner is asked for, of an object that its owner does not have, and no other is known. */
const isMissed = (
  keyFields: ReadonlySet<string>,
  object: ResponseObject,
  entries: readonly Entry[],
): boolean => {
  const others = entries.filter(
    ({ fieldName }) => !fieldName.startsWith('__') && !keyFields.has(fieldName),
  );
  return others.length > 0 && others.every(({ key }) => (object[key] ?? null) === null);
};

/** An object of a type that is not known, or that clients may not see. */
const untyped: ObjectShape = (value, { reasons, report }) => {
  if (!reasons.failed.has(value)) report('A subgraph returned an object of an unknown type.');
  return undefined;
};

function mismatch({ report }: Completion, expected: string): undefined {
  report(`A subgraph returned a value that is not of type ${expected}.`);
  return undefined;
}
