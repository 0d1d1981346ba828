import { expect, test } from 'vitest';
import { found } from './testing/changes.ts';

test.each([
  ['', 'type Mutation { x: ID }', 'safe ADDED Mutation'],
  ['type Mutation { x: ID }', '', 'breaking TYPE_REMOVED Mutation'],
  [
    'schema { query: Query } type Mutation { x: ID }',
    'type Mutation { x: ID }',
    'safe ROOT_TYPE_ADDED Mutation',
  ],
  [
    'type Mutation { x: ID }',
    'schema { query: Query } type Mutation { x: ID }',
    'breaking ROOT_TYPE_REMOVED Mutation',
  ],
  [
    'schema { query: Query, mutation: A } type A { x: ID } type B { x: ID }',
    'schema { query: Query, mutation: B } type A { x: ID } type B { x: ID }',
    'breaking ROOT_TYPE_CHANGED A',
  ],
])('root types: %s → %s', (before, after, expected) => {
  expect(found(before, after)).toEqual([expected]);
});
