import { expect, test } from 'vitest';
import type { Association } from './association.ts';
import { orderWithoutRoles } from './order.ts';

const usage = (id: string, displayOrder = 0, isHidden = false): Association => ({
  id,
  mediaId: `file of ${id}`,
  displayOrder,
  claimVersion: 1,
  isHidden,
});
const { place, without } = orderWithoutRoles<Association>();
const [a, b, c] = [usage('a', 0), usage('b', 1, true), usage('c', 2)];
const inShort = (usages: readonly Association[]) =>
  usages.map(({ id, displayOrder }) => `${displayOrder} ${id}`);

test.each([
  [undefined, ['0 a', '1 b', '2 c', '3 d']],
  [0, ['0 d', '1 a', '2 b', '3 c']],
  [2, ['0 a', '1 b', '2 d', '3 c']],
  [99, ['0 a', '1 b', '2 c', '3 d']],
])('a new usage at %s moves the others', (position, expected) => {
  expect(inShort(place([a, b, c], usage('d'), position))).toEqual(expected);
});

test('an existing usage moves to a position counted without it', () => {
  expect(inShort(place([a, b, c], a, 1))).toEqual(['0 b', '1 a', '2 c']);
  expect(inShort(place([a, b, c], c, 0))).toEqual(['0 c', '1 a', '2 b']);
  expect(inShort(place([a, b, c], b, 1))).toEqual(['0 a', '1 b', '2 c']);
});

test('orders usages by their numbers, however they are sorted', () => {
  expect(inShort(place([c, a, b], usage('d')))).toEqual(['0 a', '1 b', '2 c', '3 d']);
});

test('a removed usage leaves no gap, and what does not move stays the same object', () => {
  const left = without([c, a, b], ({ id }) => id === 'b');
  expect(inShort(left)).toEqual(['0 a', '1 c']);
  expect(left[0]).toBe(a);
});
