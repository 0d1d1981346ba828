import { Kind, print, type ASTNode } from 'graphql';
import type { Edit } from './edits.ts';
import { directiveNode, isKind, nodesOf, replaced } from './nodes.ts';

const isMember = isKind(
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
);
const isAnything = isKind(
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
);

const reasons = [
  'Use another.',
  'Use another. Gone from 2026-01-01 on.',
  'Since 2025-01-01. Gone from 2027-06-01 on.',
  'Gone from 2027-03-01 on.',
];

const deprecate: Edit = (document, { pick, isHeads }) => {
  const members = nodesOf(document, isMember);
  const deprecated = members.filter(({ directives }) =>
    directives?.some(({ name }) => name.value === 'deprecated'),
  );
  const node = pick(isHeads() ? deprecated : members);
  if (!node) return null;
  const others = node.directives?.filter(({ name }) => name.value !== 'deprecated') ?? [];
  const added = isHeads() ? [directiveNode(`@deprecated(reason: "${pick(reasons)}")`)] : [];
  return replaced(document, node, { ...node, directives: [...others, ...added] });
};

const directives = [
  '@tag(name: "a")',
  '@tag(name: "b")',
  '@cacheControl(maxAge: 60)',
  '@cacheControl(maxAge: 9, scope: PRIVATE)',
  '@cacheControl',
  '@access(scope: "a")',
  '@access(scope: "b")',
  '@oneOf',
  '@specifiedBy(url: "https://example.com/new")',
];

const applyDirective: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isAnything));
  if (!node) return null;
  const added = directiveNode(pick(directives) ?? '');
  return replaced(document, node, { ...node, directives: [...(node.directives ?? []), added] });
};

const isApplied = (node: ASTNode) => node.kind === Kind.DIRECTIVE;

const changeApplied: Edit = (document, { pick, isHeads }) => {
  const node = pick(nodesOf(document, isKind(Kind.DIRECTIVE)));
  if (!node || !isApplied(node)) return null;
  if (isHeads()) return replaced(document, node, null);
  const other = pick(directives.filter((sdl) => sdl.startsWith(`@${node.name.value}`)));
  return other && other !== print(node) ? replaced(document, node, directiveNode(other)) : null;
};

const makeOneOf: Edit = (document, { pick }) => {
  const node = pick(nodesOf(document, isKind(Kind.INPUT_OBJECT_TYPE_DEFINITION)));
  if (!node) return null;
  const others = node.directives?.filter(({ name }) => name.value !== 'oneOf') ?? [];
  const added = others.length === (node.directives?.length ?? 0) ? [directiveNode('@oneOf')] : [];
  return replaced(document, node, { ...node, directives: [...others, ...added] });
};

export const appliedEdits = { deprecate, applyDirective, changeApplied, makeOneOf };
