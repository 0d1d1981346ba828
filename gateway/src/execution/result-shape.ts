import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { type AnswerObject, isObject } from './answers.ts';

/** What a value becomes for the client: `undefined` where it may not be null, but is. */
type Shape = (value: unknown) => unknown;
type ObjectShape = (value: AnswerObject) => AnswerObject | null;
type Fields = ReadonlyMap<string, readonly FieldNode[]>;

export interface ShapeOptions {
  /** What clients see of the graph. */
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** With their defaults: those of `@skip` and `@include` decide what is shown. */
  variables: Readonly<Record<string, unknown>>;
}

/**
 * Compiles how what the subgraphs answered is shown: the fields that were asked for, in the order and under
 * the names asked for, with null up to the nearest place that allows it where something is missing or is not
 * of its type (GraphQL, "Handling Field Errors").
 */
export function compileShape({ schema, operation, fragments, variables }: ShapeOptions) {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`There is no ${operation.operation} type.`);

  const shapeOf = (type: GraphQLOutputType, nodes: readonly FieldNode[]): Shape => {
    if (isNonNullType(type)) return required(shapeOf(type.ofType, nodes));
    if (isListType(type)) return listOf(shapeOf(type.ofType, nodes));
    if (isLeafType(type)) return leaf(type);
    const subfields = (runtimeType: GraphQLObjectType): Fields =>
      collectSubfields(schema, fragments, { ...variables }, runtimeType, [...nodes]);
    const shapes = new Map<string, ObjectShape>();
    return (value) => {
      if (value === null || value === undefined) return null;
      if (!isObject(value)) throw mismatch(type.name);
      const typename = value['__typename'] ?? type.name;
      if (typeof typename !== 'string') throw mismatch(type.name);
      let shape = shapes.get(typename);
      if (!shape) {
        const runtimeType = schema.getType(typename);
        // Nothing that clients may see, or `withNullForMissing`'s mark: not there.
        if (!isObjectType(runtimeType)) return null;
        shape = objectOf(runtimeType, subfields(runtimeType));
        shapes.set(typename, shape);
      }
      return shape(value);
    };
  };

  const objectOf = (type: GraphQLObjectType, fields: Fields): ObjectShape => {
    const entries = [...fields].map(([name, nodes]) => {
      const fieldName = nodes[0]?.name.value ?? '';
      if (fieldName === '__typename') return { name, shape: () => type.name };
      const field = type.getFields()[fieldName];
      if (!field) throw new Error(`${type.name} has no field ${fieldName}.`);
      return { name, shape: shapeOf(field.type, nodes) };
    });
    return (value) => {
      const shown: AnswerObject = {};
      for (const { name, shape } of entries) {
        const field = shape(value[name]);
        if (field === undefined) return null;
        shown[name] = field;
      }
      return shown;
    };
  };

  return objectOf(
    root,
    collectFields(schema, fragments, { ...variables }, root, operation.selectionSet),
  );
}

const required =
  (shape: Shape): Shape =>
  (value) =>
    shape(value) ?? undefined;

const listOf =
  (shape: Shape): Shape =>
  (value) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) throw mismatch('list');
    const shown = value.map(shape);
    return shown.includes(undefined) ? null : shown;
  };

function leaf(type: GraphQLLeafType): Shape {
  const isValid = validity(type);
  return (value) => (value !== null && value !== undefined && isValid(value) ? value : null);
}

/** Values as they are in JSON; what a scalar of a subgraph's own looks like only it knows. */
function validity(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) return (value) => typeof value === 'string' && !!type.getValue(value);
  switch (type.name) {
    case 'String':
      return (value) => typeof value === 'string';
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Float':
      return (value) => typeof value === 'number';
    case 'Int':
      return (value) => Number.isInteger(value);
    case 'ID':
      return (value) => typeof value === 'string' || Number.isInteger(value);
    default:
      return () => true;
  }
}

const mismatch = (what: string) =>
  new Error(`A subgraph answered with something else where a ${what} was to be.`);
