import { expect, test } from 'vitest';
import { createLabelLimit } from './label-limit.ts';

test('the first names have their own label, whoever comes later shares one', () => {
  const limit = createLabelLimit({ max: 2, maxLength: 10 });
  expect(['a', 'b', 'c', 'a', 'd'].map(limit)).toEqual(['a', 'b', 'other', 'a', 'other']);
});

test('a name that is too long takes no place', () => {
  const limit = createLabelLimit({ max: 1, maxLength: 3 });
  expect(['toolong', 'abc'].map(limit)).toEqual(['other', 'abc']);
});
