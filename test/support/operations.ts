import { newId } from '@federated-media/subgraph-kit/ids';
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  OperationTypeNode,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

export interface AskedField {
  readonly kind: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
  /** The entity of the field. Absent: a field of Query or Mutation. */
  readonly of?: { readonly type: string; readonly id: string };
}

/** A position of a value in the arguments of a field: `input.items.mediaId`. Lists have one item. */
export interface Position {
  readonly path: string;
  readonly type: GraphQLNamedInputType;
}

/** The value for a position; undefined: a value of the right type. */
export type Choose = (position: Position) => unknown;

export function rootFields(schema: GraphQLSchema): AskedField[] {
  return ([OperationTypeNode.QUERY, OperationTypeNode.MUTATION] as const).flatMap((kind) =>
    Object.values(schema.getRootType(kind)?.getFields() ?? {})
      .filter(({ name }) => !name.startsWith('_'))
      .map((field) => ({ kind, field })),
  );
}

/** All other fields with arguments, with the name of their type. */
export const fieldsWithArguments = (schema: GraphQLSchema) =>
  Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('_') || isRootType(schema, type)) return [];
    const fields = Object.values(type.getFields()).filter(({ args }) => args.length > 0);
    return fields.map((field) => ({ type: type.name, field }));
  });

const isRootType = (schema: GraphQLSchema, type: GraphQLObjectType) =>
  type === schema.getQueryType() || type === schema.getMutationType();

export function fieldsOf(schema: GraphQLSchema, typeName: string) {
  const type = schema.getType(typeName);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

export function entitiesOf(schema: GraphQLSchema): string[] {
  const entities = schema.getType('_Entity');
  return isUnionType(entities) ? entities.getTypes().map(({ name }) => name) : [];
}

/** All positions of values in the arguments of `field`. */
export const positionsOf = (field: AskedField['field']): Position[] =>
  field.args.flatMap(({ name, type }) => positionsIn(type, name, []));

function positionsIn(type: GraphQLInputType, path: string, above: readonly string[]): Position[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [{ path, type: named }];
  if (above.includes(named.name)) return [];
  return Object.values(named.getFields()).flatMap(({ name, type: inner }) =>
    positionsIn(inner, `${path}.${name}`, [...above, named.name]),
  );
}

/**
 * An operation that selects `field` and everything it returns, up to `depth`. Its variables are the required ones and
 * those that contain `targets`.
 */
export function operationFor(
  { kind, field, of }: AskedField,
  {
    choose = () => undefined,
    targets = [],
    depth = 4,
  }: { choose?: Choose; targets?: readonly string[]; depth?: number } = {},
) {
  const build = valueBuilder(choose, targets);
  const given = field.args.flatMap((argument) => {
    const value = build(argument.type, argument.name, isRequiredArgument(argument));
    return value === undefined ? [] : [{ argument, value }];
  });
  const declared = given.map(({ argument: { name, type } }) => `$${name}: ${String(type)}`);
  const passed = given.map(({ argument: { name } }) => `${name}: $${name}`);
  const asked = `${field.name}${inParentheses(passed)} ${selectionOf(field.type, depth)}`;
  return {
    query: of
      ? `query ${inParentheses(['$of: _Any!', ...declared])} {
          _entities(representations: [$of]) { ... on ${of.type} { ${asked} } }
        }`
      : `${kind} ${inParentheses(declared)} { ${asked} }`,
    variables: {
      ...Object.fromEntries(given.map(({ argument: { name }, value }) => [name, value])),
      ...(of && { of: { __typename: of.type, id: of.id } }),
    },
  };
}

const inParentheses = (list: readonly string[]) => (list.length > 0 ? `(${list.join(', ')})` : '');

const valueBuilder = (choose: Choose, targets: readonly string[]) => {
  const leadsToTarget = (path: string) =>
    targets.some((target) => target === path || target.startsWith(`${path}.`));
  return function build(type: GraphQLInputType, path: string, needed: boolean): unknown {
    if (!needed && !leadsToTarget(path)) return undefined;
    if (isNonNullType(type)) return build(type.ofType, path, true);
    if (isListType(type)) return [build(type.ofType, path, true)];
    if (!isInputObjectType(type)) return choose({ path, type }) ?? valueOf({ path, type });
    const fields = Object.values(type.getFields()).flatMap((inner) => {
      const value = build(inner.type, `${path}.${inner.name}`, isRequiredInputField(inner));
      return value === undefined ? [] : [[inner.name, value] as const];
    });
    return Object.fromEntries(fields);
  };
};

let made = 0;

/** One value of each scalar. Texts are unique, for fields that must be unique. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  ID: () => newId(),
  Boolean: () => false,
  Int: () => 1,
  Float: () => 1,
  SafeInt: () => 1,
  String: () => `made-${(made += 1)}`,
  DateTime: () => '2026-01-01T00:00:00.000Z',
  Locale: () => 'fr',
  URL: () => 'http://nowhere.invalid/picture.jpg',
  Upload: () => new File(['no image'], 'note.txt', { type: 'text/plain' }),
};

function valueOf({ path, type }: Position): unknown {
  if (isEnumType(type)) return type.getValues()[0]?.name;
  const make = VALUES[type.name];
  if (make) return make();
  throw new Error(`No value of ${type.name} is known, for ${path}: add one to VALUES here.`);
}

/**
 * All fields without required arguments, and the name of their type. A type is not selected within itself, and the
 * items of a page are not selected both with and without cursors.
 */
export function selectionOf(
  type: GraphQLType | undefined,
  depth: number,
  above: readonly string[] = [],
): string {
  const named = getNamedType(type);
  if (isUnionType(named)) {
    const types = named
      .getTypes()
      .map((one) => `... on ${one.name} ${selectionOf(one, depth, above)}`);
    return `{ __typename ${types.join(' ')} }`;
  }
  if (!isObjectType(named) && !isInterfaceType(named)) return '';
  const path = [...above, named.name];
  const known = named.getFields();
  const fields = Object.values(known)
    .filter(({ name, args, type: inner }) => {
      if (args.some(isRequiredArgument) || (name === 'nodes' && known['edges'])) return false;
      const innerType = getNamedType(inner);
      return !('getFields' in innerType) || (depth > 0 && !path.includes(innerType.name));
    })
    .map((field) => `${field.name} ${selectionOf(field.type, depth - 1, path)}`);
  return `{ __typename ${fields.join(' ')} }`;
}
