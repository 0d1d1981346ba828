import {
  Kind,
  parse,
  visit,
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
} from 'graphql';

/** All nodes of `document` of this kind. */
export function nodesOf<Node extends ASTNode>(
  document: DocumentNode,
  isSort: (node: ASTNode) => node is Node,
): Node[] {
  const found: Node[] = [];
  visit(document, {
    enter(node) {
      if (isSort(node)) found.push(node);
    },
  });
  return found;
}

export const isKind =
  <Of extends ASTNode['kind']>(...kinds: readonly Of[]) =>
  (node: ASTNode): node is Extract<ASTNode, { kind: Of }> =>
    kinds.some((kind) => kind === node.kind);

/** `document` with `node` replaced, or removed. */
export const replaced = (document: DocumentNode, node: ASTNode, other: ASTNode | null) =>
  visit(document, { enter: (one) => (one === node ? other : undefined) });

export const withDefinition = (document: DocumentNode, sdl: string): DocumentNode => ({
  ...document,
  definitions: [...document.definitions, definition(sdl)],
});

const definition = (sdl: string): DefinitionNode => parse(sdl).definitions[0]!;

export function fieldNode(sdl: string): FieldDefinitionNode {
  const type = definition(`type T { ${sdl} }`);
  if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) throw new Error(sdl);
  return type.fields![0]!;
}

export function inputNode(sdl: string): InputValueDefinitionNode {
  const type = definition(`input T { ${sdl} }`);
  if (type.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) throw new Error(sdl);
  return type.fields![0]!;
}

export const directiveNode = (sdl: string): ConstDirectiveNode =>
  inputNode(`a: ID ${sdl}`).directives![0]!;
