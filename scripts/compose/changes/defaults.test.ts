import { expect, test } from 'vitest';
import { found } from './testing/changes.ts';

test.each([
  ['input I { a: Int! = 1 }', 'input I { a: Int! }', 'breaking DEFAULT_VALUE_CHANGE I.a'],
  [
    'type A { x(y: Int! = 1): ID }',
    'type A { x(y: Int!): ID }',
    'breaking ARG_DEFAULT_VALUE_CHANGE A.x(y:)',
  ],
  [
    'interface A { x(y: [Int!]! = [1]): ID }',
    'interface A { x(y: [Int!]!): ID }',
    'breaking ARG_DEFAULT_VALUE_CHANGE A.x(y:)',
  ],
  [
    'directive @d(x: Int! = 1) on FIELD',
    'directive @d(x: Int!) on FIELD',
    'breaking DEFAULT_VALUE_CHANGE @d(x:)',
  ],
  ['input I { a: Int! = 1 }', 'input I { a: Int }', 'dangerous DEFAULT_VALUE_CHANGE I.a'],
  ['input I { a: Int! = 1 }', 'input I { a: Int! = 2 }', 'dangerous DEFAULT_VALUE_CHANGE I.a'],
  ['input I { a: Int! }', 'input I { a: Int! = 2 }', 'dangerous DEFAULT_VALUE_CHANGE I.a'],
])('a default that clients depend on: %s → %s', (before, after, expected) => {
  expect(found(before, after)[0]).toBe(expected);
});

test('reports an input field that becomes required once, whatever its default was', () => {
  expect(found('input I { a: Int = 1 }', 'input I { a: Int! }')).toEqual([
    'breaking FIELD_CHANGED_KIND I.a',
  ]);
});

test.each([
  ['Int!', 'Int', 'safe TYPE_CHANGE I.a'],
  ['[Int!]!', '[Int]', 'safe TYPE_CHANGE I.a'],
  ['[[Int!]]!', '[[Int]]', 'safe TYPE_CHANGE I.a'],
  ['Int', 'Int!', 'breaking FIELD_CHANGED_KIND I.a'],
  ['[Int]', '[Int!]', 'breaking FIELD_CHANGED_KIND I.a'],
  ['Int', '[Int]', 'breaking FIELD_CHANGED_KIND I.a'],
  ['Float', 'Int', 'breaking FIELD_CHANGED_KIND I.a'],
  ['Int', 'Float', 'breaking FIELD_CHANGED_KIND I.a'],
])('an input field: %s → %s', (before, after, expected) => {
  expect(found(`input I { a: ${before} }`, `input I { a: ${after} }`)).toEqual([expected]);
});

test.each([
  ['[1, { b: 2 }]', '[1, { b: 3 }]'],
  ['{ b: [true, null] }', '{ b: [true] }'],
])('lists and objects of scalars can be defaults: %s → %s', (before, after) => {
  const scalar = (value: string) =>
    `scalar J type A { x(y: J = ${value}, z: [J] = [${value}]): ID } input I { a: J = ${value} }`;
  expect(found(scalar(before), scalar(before))).toEqual([]);
  expect(found(scalar(before), scalar(after))).toEqual([
    'dangerous ARG_DEFAULT_VALUE_CHANGE A.x(y:)',
    'dangerous ARG_DEFAULT_VALUE_CHANGE A.x(z:)',
    'dangerous DEFAULT_VALUE_CHANGE I.a',
  ]);
});
