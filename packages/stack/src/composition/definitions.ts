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

/** Where in the repository something is written. */
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
  /** As the GraphQL specification writes it: `Type.field`, `Type.field(argument:)`, `@directive`. */
  readonly coordinate: string;
  readonly node: DefinitionNode;
  readonly place: Place | null;
}

/** All that `document` defines or extends and that has a name, in the order it is written in. */
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

/** Its name rather than its description, which may be long. Null for what was not parsed from a file. */
export function placeOf(node: ASTNode): Place | null {
  const { loc } = nameOf(node) ?? node;
  return loc ? { file: loc.source.name, line: getLocation(loc.source, loc.start).line } : null;
}

const nameOf = (node: ASTNode): ASTNode | undefined => ('name' in node ? node.name : undefined);

/** Blank counts as none; an extension can have none. */
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
