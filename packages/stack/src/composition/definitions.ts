import {
  getLocation,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  visit,
  type ASTNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type StringValueNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';

/** A location in the repository. */
export interface Place {
  /** From the root of the repository, with forward slashes. */
  readonly file: string;
  readonly line: number;
}

type DefinitionNode =
  | TypeDefinitionNode
  | TypeExtensionNode
  | DirectiveDefinitionNode
  | FieldDefinitionNode
  | InputValueDefinitionNode
  | EnumValueDefinitionNode;

export interface Definition {
  /** A schema coordinate of the GraphQL specification: `Type.field`, `Type.field(argument:)`, `@directive`. */
  readonly coordinate: string;
  readonly node: DefinitionNode;
  readonly place: Place | null;
}

/** All named definitions and extensions of `document`, in their order. */
export function definitionsOf(document: DocumentNode): Definition[] {
  const found: Definition[] = [];
  const path: string[] = [];
  visit(document, {
    enter(node) {
      if (!isDefinition(node)) return;
      const coordinate = coordinateOf(node, path.at(-1));
      path.push(coordinate);
      found.push({ coordinate, node, place: placeOf(node) });
    },
    leave(node) {
      if (isDefinition(node)) path.pop();
    },
  });
  return found;
}

/** The location of the name, because the description may be long. Null for a node that was not parsed from a file. */
export function placeOf(node: ASTNode): Place | null {
  const { loc } = nameOf(node) ?? node;
  return loc ? { file: loc.source.name, line: getLocation(loc.source, loc.start).line } : null;
}

const nameOf = (node: ASTNode): ASTNode | undefined => ('name' in node ? node.name : undefined);

/** Null for a blank description and for extensions. */
export function descriptionOf(node: DefinitionNode): string | null {
  if (isTypeExtensionNode(node)) return null;
  const { description }: { readonly description?: StringValueNode } = node;
  return description?.value.trim() || null;
}

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.file === other.file && one.line === other.line;

function isDefinition(node: ASTNode): node is DefinitionNode {
  return (
    isTypeDefinitionNode(node) ||
    isTypeExtensionNode(node) ||
    node.kind === Kind.DIRECTIVE_DEFINITION ||
    node.kind === Kind.FIELD_DEFINITION ||
    node.kind === Kind.INPUT_VALUE_DEFINITION ||
    node.kind === Kind.ENUM_VALUE_DEFINITION
  );
}

function coordinateOf(node: DefinitionNode, parent: string | undefined): string {
  const name = node.name.value;
  if (node.kind === Kind.DIRECTIVE_DEFINITION) return `@${name}`;
  if (parent === undefined) return name;
  const isArgument = node.kind === Kind.INPUT_VALUE_DEFINITION && /[.@]/.test(parent);
  return isArgument ? `${parent}(${name}:)` : `${parent}.${name}`;
}
