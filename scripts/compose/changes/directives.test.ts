import { expect, test } from 'vitest';
import { found } from './testing/changes.ts';

test.each([
  ['Int', 'Int!', 'breaking DIRECTIVE_ARG_CHANGED_KIND @d(x:)'],
  ['Int', 'ID', 'breaking DIRECTIVE_ARG_CHANGED_KIND @d(x:)'],
  ['[Int]', '[Int!]', 'breaking DIRECTIVE_ARG_CHANGED_KIND @d(x:)'],
  ['Int', '[Int]', 'breaking DIRECTIVE_ARG_CHANGED_KIND @d(x:)'],
  ['[Int]', 'Int', 'breaking DIRECTIVE_ARG_CHANGED_KIND @d(x:)'],
  ['Int!', 'Int', 'safe TYPE_CHANGE @d(x:)'],
  ['[Int!]!', '[Int]', 'safe TYPE_CHANGE @d(x:)'],
])('an argument of a directive: %s → %s', (before, after, expected) => {
  const directive = (type: string) => `directive @d(x: ${type}) on FIELD`;
  expect(found(directive(before), directive(after))).toEqual([expected]);
});

test.each([
  ['directive @d on FIELD', 'directive @d on FIELD | QUERY', 'safe DIRECTIVE_LOCATION_ADDED @d'],
  [
    'directive @d on FIELD',
    'directive @d repeatable on FIELD',
    'safe DIRECTIVE_REPEATABLE_ADDED @d',
  ],
  ['directive @d on FIELD', 'directive @d(x: Int) on FIELD', 'safe ADDED @d(x:)'],
  ['', 'directive @d(x: Int!) on FIELD', 'safe ADDED @d'],
])('a directive with more uses is safe: %s → %s', (before, after, expected) => {
  expect(found(before, after)).toEqual([expected]);
});
