import {
  isTypeDefinitionNode,
  Kind,
  visit,
  type ASTNode,
  type DocumentNode,
  type NamedTypeNode,
} from 'graphql';
import type { Edit } from './edits.ts';
import { fieldNode, inputNode, isKind, nodesOf, replaced, withDefinition } from './nodes.ts';

const isComposite = isKind(Kind.OBJECT_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION);
const isInputObject = isKind(Kind.INPUT_OBJECT_TYPE_DEFINITION);
const isEnum = isKind(Kind.ENUM_TYPE_DEFINITION);
const isUnion = isKind(Kind.UNION_TYPE_DEFINITION);
const isScalar = isKind(Kind.SCALAR_TYPE_DEFINITION);
const isObject = isKind(Kind.OBJECT_TYPE_DEFINITION);
const named = (name: string): NamedTypeNode => ({
  kind: Kind.NAMED_TYPE,
  name: { kind: Kind.NAME, value: name },
});

const addField: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isComposite));
  if (!node) return null;
  const field = fieldNode(
    pick(['added: Int', 'added: Book!', 'added(a: Kind!): ID', 'added: ID @deprecated']) ?? '',
  );
  return replaced(document, node, { ...node, fields: [...(node.fields ?? []), field] });
};

const addInputField: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isInputObject));
  if (!node) return null;
  const field = inputNode(
    pick(['added: Int', 'added: Int!', 'added: Int! = 1', 'added: Int = 1']) ?? '',
  );
  return replaced(document, node, { ...node, fields: [...(node.fields ?? []), field] });
};

const addValue: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isEnum));
  if (!node) return null;
  const name = { kind: Kind.NAME, value: 'ADDED' } as const;
  const values = [...(node.values ?? []), { kind: Kind.ENUM_VALUE_DEFINITION, name } as const];
  return replaced(document, node, { ...node, values });
};

const changeUnion: Edit = (document, { pick, isHeads }) => {
  const node = pick(nodesOf(document, isUnion));
  if (!node?.types) return null;
  if (isHeads()) return replaced(document, node, { ...node, types: node.types.slice(1) });
  const types = [...node.types, named(pick(['Song', 'Cover']) ?? 'Song')];
  return replaced(document, node, { ...node, types });
};

const changeInterfaces: Edit = (document, { pick, isHeads }) => {
  const node = pick(nodesOf(document, isComposite));
  if (!node) return null;
  const interfaces = node.interfaces ?? [];
  if (isHeads()) {
    return replaced(document, node, { ...node, interfaces: interfaces.slice(1) });
  }
  const id = fieldNode('id: ID!');
  const fields = (node.fields ?? []).filter(({ name }) => name.value !== 'id');
  return replaced(document, node, {
    ...node,
    interfaces: [...interfaces, named('Node')],
    fields: [id, ...fields],
  });
};

const addType: Edit = (document, { pick }) =>
  withDefinition(
    document,
    pick([
      'type Added { id: ID! }',
      'type Added implements Node { id: ID! }',
      'input Added @oneOf { a: ID b: ID }',
      'enum Added { A }',
      'directive @added(a: Int!) on FIELD',
      'interface Added { id: ID }',
    ]) ?? '',
  );

/** Together with all references to it. */
const removeType: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isTypeDefinitionNode));
  return node ? withoutType(replaced(document, node, null), node.name.value) : null;
};

function withoutType(document: DocumentNode, name: string): DocumentNode {
  const isOfIt = (node: ASTNode): boolean =>
    node.kind === Kind.NAMED_TYPE
      ? node.name.value === name
      : (node.kind === Kind.LIST_TYPE || node.kind === Kind.NON_NULL_TYPE) && isOfIt(node.type);
  return visit(document, {
    enter(node) {
      if ('type' in node && isOfIt(node.type)) return null;
      return node.kind === Kind.NAMED_TYPE && node.name.value === name ? null : undefined;
    },
  });
}

const renameType: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isTypeDefinitionNode));
  if (!node) return null;
  const name = { ...node.name, value: `${node.name.value}2` };
  return visit(replaced(document, node, { ...node, name }), {
    NamedType: (type) => (type.name.value === node.name.value ? { ...type, name } : undefined),
  });
};

const changeKind: Edit = (document, { pick, isHeads }) => {
  if (isHeads()) {
    const node = pick(nodesOf(document, isEnum));
    return node
      ? replaced(document, node, { kind: Kind.SCALAR_TYPE_DEFINITION, name: node.name })
      : null;
  }
  const node = isHeads() ? pick(nodesOf(document, isObject)) : pick(nodesOf(document, isScalar));
  if (!node) return null;
  const { name } = node;
  return node.kind === Kind.OBJECT_TYPE_DEFINITION
    ? replaced(document, node, { ...node, kind: Kind.INTERFACE_TYPE_DEFINITION })
    : withDefinition(replaced(document, node, null), `enum ${name.value} { A B }`);
};

const roots = [
  'schema { query: Query }',
  'schema { query: Query mutation: Mutation }',
  'schema { query: Query mutation: Mutation subscription: Song }',
  'schema { query: Query mutation: Author }',
];

const changeRoots: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isKind(Kind.SCHEMA_DEFINITION)));
  return node ? withDefinition(replaced(document, node, null), pick(roots) ?? '') : null;
};

export const typeEdits = {
  addField,
  addInputField,
  addValue,
  changeUnion,
  changeInterfaces,
  addType,
  removeType,
  renameType,
  changeKind,
  changeRoots,
};
