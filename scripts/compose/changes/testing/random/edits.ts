import {
  DirectiveLocation,
  Kind,
  parseType,
  print,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type TypeNode,
} from 'graphql';
import type { Chance } from './chance.ts';
import { inputNode, isKind, nodesOf, replaced } from './nodes.ts';

/** Returns a changed document, which may be invalid. Null when it cannot be applied. */
export type Edit = (document: DocumentNode, chance: Chance) => DocumentNode | null;

const isTyped = isKind(Kind.FIELD_DEFINITION, Kind.INPUT_VALUE_DEFINITION);
const isInput = isKind(Kind.INPUT_VALUE_DEFINITION);
const isMember = isKind(
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
);
const isDirective = isKind(Kind.DIRECTIVE_DEFINITION);

const removeMember: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isMember));
  return node ? replaced(document, node, null) : null;
};

const renameMember: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isMember));
  if (!node) return null;
  const name = { ...node.name, value: `${node.name.value}2` };
  return replaced(document, node, { ...node, name });
};

const describeAnew: Edit = (document, { pick, isHeads }) => {
  const node = pick(nodesOf(document, isMember));
  if (!node) return null;
  const description = { kind: Kind.STRING, value: 'In other words.' } as const;
  const { description: _old, ...plain } = node;
  return replaced(document, node, isHeads() ? { ...node, description } : plain);
};

const changeNullability: Edit = (document, chance) =>
  retyped(document, chance, (type) => {
    if (type.kind === Kind.NON_NULL_TYPE) return type.type;
    const isInside = type.kind === Kind.LIST_TYPE && chance.isHeads();
    if (!isInside) return parseType(`${print(type)}!`);
    const of = print(type.type);
    return parseType(of.endsWith('!') ? `[${of.slice(0, -1)}]` : `[${of}!]`);
  });

const changeList: Edit = (document, chance) =>
  retyped(document, chance, (type) =>
    type.kind === Kind.LIST_TYPE ? type.type : parseType(`[${print(type)}]`),
  );

const names = ['Int', 'String', 'ID', 'Day', 'Kind', 'Book', 'Author', 'Work', 'PriceRange'];

const changeType: Edit = (document, chance) =>
  retyped(document, chance, (type) =>
    parseType(print(type).replace(/\w+/, chance.pick(names) ?? 'Int')),
  );

function retyped(
  document: DocumentNode,
  { pick }: Chance,
  change: (type: TypeNode) => TypeNode,
): DocumentNode | null {
  const node = pick(nodesOf(document, isTyped));
  return node ? replaced(document, node, { ...node, type: change(node.type) }) : null;
}

const values = ['1', '2', '"a"', '"b"', 'true', 'BOOK', 'SMALL', 'null', '[BOOK]', '{ id: 1 }'];

const changeDefault: Edit = (document, { pick, isHeads }) => {
  const node = pick(nodesOf(document, isInput));
  if (!node) return null;
  const { defaultValue, ...plain } = node;
  if (defaultValue && isHeads()) return replaced(document, node, plain);
  const other = inputNode(`a: ID = ${pick(values)}`).defaultValue!;
  return replaced(document, node, { ...node, defaultValue: other });
};

const removeDefault: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isInput).filter(({ defaultValue }) => defaultValue));
  if (!node) return null;
  const { defaultValue: _old, ...plain } = node;
  return replaced(document, node, plain);
};

const addArgument: Edit = (document, { pick }) => {
  const node = pick<FieldDefinitionNode | DirectiveDefinitionNode>([
    ...nodesOf(document, isKind(Kind.FIELD_DEFINITION)),
    ...nodesOf(document, isDirective),
  ]);
  if (!node) return null;
  const added: InputValueDefinitionNode = inputNode(
    pick(['added: Int', 'added: Int!', 'added: Int = 1', 'added: Int! = 1']) ?? '',
  );
  return replaced(document, node, { ...node, arguments: [...(node.arguments ?? []), added] });
};

const changeDirective: Edit = (document, { pick, isHeads }) => {
  const node = pick(nodesOf(document, isDirective));
  if (!node) return null;
  if (isHeads()) {
    // A field has one: `guardFields` reads the first.
    if (node.name.value === 'access') return null;
    return replaced(document, node, { ...node, repeatable: !node.repeatable });
  }
  const [first, ...others] = node.locations;
  const added = { kind: Kind.NAME, value: DirectiveLocation.FRAGMENT_SPREAD } as const;
  const locations = isHeads() && others.length > 0 ? others : [first!, ...others, added];
  return replaced(document, node, { ...node, locations });
};

const removeDirective: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isDirective));
  return node ? replaced(document, node, null) : null;
};

export const memberEdits = {
  removeMember,
  renameMember,
  describeAnew,
  changeNullability,
  changeList,
  changeType,
  changeDefault,
  removeDefault,
  addArgument,
  changeDirective,
  removeDirective,
};
