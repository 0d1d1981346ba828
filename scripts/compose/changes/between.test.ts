import { BreakingChangeType, DangerousChangeType } from 'graphql';
import { expect, test } from 'vitest';
import { changes, found } from './testing/changes.ts';

const ab = 'type A { x: ID } type B { x: ID }';
/** One example of each change of graphql-js: before, after, and the coordinate. */
const known: readonly (readonly [before: string, after: string, found: string])[] = [
  ['type A { x: ID }', '', 'breaking TYPE_REMOVED A'],
  ['type A { x: ID }', 'input A { x: ID }', 'breaking TYPE_CHANGED_KIND A'],
  [`${ab} union U = A | B`, `${ab} union U = A`, 'breaking TYPE_REMOVED_FROM_UNION U.B'],
  ['enum E { A B }', 'enum E { A }', 'breaking VALUE_REMOVED_FROM_ENUM E.B'],
  ['input I { a: ID }', 'input I { a: ID, b: ID! }', 'breaking REQUIRED_INPUT_FIELD_ADDED I.b'],
  [
    'interface I { x: ID } type A implements I { x: ID }',
    'interface I { x: ID } type A { x: ID }',
    'breaking IMPLEMENTED_INTERFACE_REMOVED A.I',
  ],
  ['type A { x: ID, y: ID }', 'type A { x: ID }', 'breaking FIELD_REMOVED A.y'],
  ['input I { x: ID, y: ID }', 'input I { x: ID }', 'breaking FIELD_REMOVED I.y'],
  ['type A { x: ID! }', 'type A { x: ID }', 'breaking FIELD_CHANGED_KIND A.x'],
  ['input I { x: ID }', 'input I { x: [ID]! }', 'breaking FIELD_CHANGED_KIND I.x'],
  ['type A { x: ID }', 'type A { x(y: ID!): ID }', 'breaking REQUIRED_ARG_ADDED A.x(y:)'],
  ['type A { x(y: ID): ID }', 'type A { x: ID }', 'breaking ARG_REMOVED A.x(y:)'],
  ['type A { x(y: ID): ID }', 'type A { x(y: Int): ID }', 'breaking ARG_CHANGED_KIND A.x(y:)'],
  ['directive @d on FIELD', '', 'breaking DIRECTIVE_REMOVED @d'],
  [
    'directive @d(x: ID) on FIELD',
    'directive @d on FIELD',
    'breaking DIRECTIVE_ARG_REMOVED @d(x:)',
  ],
  [
    'directive @d on FIELD',
    'directive @d(x: ID!) on FIELD',
    'breaking REQUIRED_DIRECTIVE_ARG_ADDED @d(x:)',
  ],
  [
    'directive @d repeatable on FIELD',
    'directive @d on FIELD',
    'breaking DIRECTIVE_REPEATABLE_REMOVED @d',
  ],
  [
    'directive @d on FIELD | QUERY',
    'directive @d on FIELD',
    'breaking DIRECTIVE_LOCATION_REMOVED @d',
  ],
  ['enum E { A }', 'enum E { A B }', 'dangerous VALUE_ADDED_TO_ENUM E.B'],
  [`${ab} union U = A`, `${ab} union U = A | B`, 'dangerous TYPE_ADDED_TO_UNION U.B'],
  ['input I { a: ID }', 'input I { a: ID, b: ID }', 'dangerous OPTIONAL_INPUT_FIELD_ADDED I.b'],
  ['type A { x: ID }', 'type A { x(y: ID): ID }', 'dangerous OPTIONAL_ARG_ADDED A.x(y:)'],
  [
    'interface I { x: ID } type A { x: ID }',
    'interface I { x: ID } type A implements I { x: ID }',
    'dangerous IMPLEMENTED_INTERFACE_ADDED A.I',
  ],
  [
    'type A { x(y: ID = 1): ID }',
    'type A { x(y: ID = 2): ID }',
    'dangerous ARG_DEFAULT_VALUE_CHANGE A.x(y:)',
  ],
  [
    'type A { x(y: ID = 1): ID }',
    'type A { x(y: ID): ID }',
    'dangerous ARG_DEFAULT_VALUE_CHANGE A.x(y:)',
  ],
];

test.each(known)('%s → %s: %s', (before, after, expected) => {
  expect(found(before, after)).toEqual([expected]);
});

test('the examples include every kind of change of graphql-js', () => {
  const codes = known.map(([, , expected]) => expected.split(' ')[1]);
  const all = [...Object.values(BreakingChangeType), ...Object.values(DangerousChangeType)];
  expect(new Set(codes)).toEqual(new Set<string>(all));
});

test.each([
  ['input I { a: ID = 1 }', 'input I { a: ID = 2 }', 'dangerous DEFAULT_VALUE_CHANGE I.a'],
  ['input I { a: ID }', 'input I { a: ID = 2 }', 'dangerous DEFAULT_VALUE_CHANGE I.a'],
  [
    'type A { x(y: ID): ID }',
    'type A { x(y: ID = 2): ID }',
    'dangerous DEFAULT_VALUE_CHANGE A.x(y:)',
  ],
  [
    'scalar S @specifiedBy(url: "http://a")',
    'scalar S @specifiedBy(url: "http://b")',
    'dangerous SPECIFICATION_CHANGE S',
  ],
  ['type A { x: ID }', 'type A { x: ID @deprecated(reason: "a") }', 'safe DEPRECATION_CHANGE A.x'],
  ['type A { x: ID }', 'type A { x: ID! }', 'safe TYPE_CHANGE A.x'],
  ['input I { x: ID! }', 'input I { x: ID }', 'safe TYPE_CHANGE I.x'],
  ['"a" type A { x: ID }', '"b" type A { x: ID }', 'safe DESCRIPTION_CHANGE A'],
  ['', 'type A { x(y: ID!): ID }', 'safe ADDED A'],
  ['type A { x: ID }', 'type A { x: ID, y(z: ID!): ID }', 'safe ADDED A.y'],
])('changes that graphql-js does not report: %s → %s', (before, after, expected) => {
  expect(found(before, after)).toEqual([expected]);
});

test('the same schema has no changes, and an unused built-in scalar is not one', () => {
  expect(found('type A { x: ID }', 'type A { x: ID }')).toEqual([]);
  expect(found('type A { x: ID, y(z: Float): Int }', 'type A { x: ID }')).toEqual([
    'breaking FIELD_REMOVED A.y',
  ]);
});

test('the most severe change is first', () => {
  const effects = changes(
    'type A { x: ID, y: ID } enum E { A }',
    'type A { x: ID! } enum E { A B }',
  ).map(({ effect }) => effect);
  expect(effects).toEqual(['breaking', 'dangerous', 'safe']);
});
