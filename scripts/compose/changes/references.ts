import {
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  OperationTypeNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';

/** One path by which clients reach a type. */
export interface Reference {
  /** The reached type. */
  readonly to: string;
  /** The element that has the type, and its parent: an argument, its field. */
  readonly members: readonly string[];
  /** The type that clients must reach first. Null for root types and arguments of directives. */
  readonly owner: string | null;
}

/** All paths from one type to another, and those without a start: root types and arguments of directives. */
export function referencesOf(schema: GraphQLSchema): Reference[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const roots = Object.values(OperationTypeNode).flatMap((operation) => {
    const root = schema.getRootType(operation);
    return root ? [{ to: root.name, members: [], owner: null }] : [];
  });
  const ofDirectives = schema.getDirectives().flatMap((directive) =>
    directive.args.map(({ name, type }) => ({
      to: nameOf(type),
      members: [`@${directive.name}(${name}:)`],
      owner: null,
    })),
  );
  return [...roots, ...ofDirectives, ...types.flatMap(referencesFrom)];
}

function referencesFrom(type: GraphQLNamedType): Reference[] {
  const owner = type.name;
  if (isUnionType(type)) {
    return type.getTypes().map(({ name }) => ({ to: name, members: [], owner }));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => ({
      to: nameOf(field.type),
      members: [`${owner}.${field.name}`],
      owner,
    }));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const member = `${owner}.${field.name}`;
    const taken = field.args.map((argument) => ({
      to: nameOf(argument.type),
      members: [`${member}(${argument.name}:)`, member],
      owner,
    }));
    return [{ to: nameOf(field.type), members: [member], owner }, ...taken];
  });
  // Fragments work in both directions: `... on Room` where a Place is returned, `... on Place` where a Room is.
  const implemented = type.getInterfaces().flatMap(({ name }) => [
    { to: name, members: [], owner },
    { to: owner, members: [], owner: name },
  ]);
  return [...fields, ...implemented];
}

const nameOf = (type: GraphQLType) => getNamedType(type).name;
