import { expect, test } from 'vitest';
import { type Answer, differences } from './testing/compare.ts';

const answer = (data: unknown, ...errors: Answer['errors']): Answer => ({
  text: JSON.stringify({ data }),
  errors,
});
const failed = (...path: (string | number)[]) => ({ message: 'failed', path });
const isNull = (...path: (string | number)[]) => ({ message: 'may not be null', path });

test('equal responses have no differences; the order of errors is ignored', () => {
  const [one, other] = [failed('a'), failed('b', 0)];
  const data = { a: null, b: [null] };
  expect(differences(answer(data, one, other), answer(data, other, one))).toEqual([]);
});

test.each([
  ['a value', { a: 1 }, { a: 2 }, 'data a: 1 instead of 2'],
  ['null', { a: null }, { a: { b: 1 } }, 'data a: null instead of object'],
  ['the order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }, 'data (root): keys a,b instead of b,a'],
  ['the length of a list', { a: [] }, { a: [1] }, 'data a: list of 0 instead of list of 1'],
  ['an element', { a_2: [1, 2] }, { a_2: [1, 3] }, 'data a.@: 2 instead of 3'],
])('reports a difference: %s', (_what, data, truth, line) => {
  expect(differences(answer(data), answer(truth))).toEqual([line]);
});

test('an error that is missing, unexpected, elsewhere or repeated is a difference', () => {
  const data = { a: null, b: null };
  expect(differences(answer(data, failed('b')), answer(data, failed('a')))).toEqual([
    'error at a (failed) is missing',
    'error at b (failed) is unexpected',
  ]);
  expect(differences(answer(data, failed('a'), failed('a')), answer(data, failed('a')))).toEqual([
    'error at a is reported twice',
  ]);
});

test('for a null that propagated, one of its errors is required and any is enough', () => {
  const data = { list: null };
  const truth = answer(data, isNull('list', 0, 'a'));
  expect(differences(answer(data, failed('list', 1, 'b')), truth)).toEqual([]);
  expect(differences(answer(data), truth)).toEqual(['error at list.@.a (no value) is missing']);
  expect(differences(answer(data, failed('list')), truth)).toEqual([
    'error at list.@.a (no value) is missing',
    'error at list (failed) is unexpected',
  ]);
});
