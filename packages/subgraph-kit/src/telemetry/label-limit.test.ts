import { expect, test } from 'vitest';
import { createLabelLimit } from './label-limit.ts';

test('the first names have separate labels, later ones share one', () => {
  const limit = createLabelLimit({ max: 2, maxLength: 10 });
  expect(['a', 'b', 'c', 'a', 'd'].map(limit)).toEqual(['a', 'b', 'other', 'a', 'other']);
});

test('a name that is too long does not count', () => {
  const limit = createLabelLimit({ max: 1, maxLength: 3 });
  expect(['toolong', 'abc'].map(limit)).toEqual(['other', 'abc']);
});
