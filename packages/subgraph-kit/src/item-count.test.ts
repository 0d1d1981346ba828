import { expect, test } from 'vitest';
import { checkItemCount } from './item-count.ts';

const limits = { items: 'ids', min: 1, max: 2, field: ['input', 'ids'] };

test.each([[['a']], [['a', 'b']]])('accepts %j', (list) => {
  expect(() => checkItemCount(list, limits)).not.toThrow();
});

test.each([[[]], [['a', 'b', 'c']]])('rejects %j, and names the limits and the field', (list) => {
  expect(() => checkItemCount(list, limits)).toThrow(
    expect.objectContaining({
      message: 'Send between 1 and 2 ids.',
      extensions: { code: 'BAD_USER_INPUT', field: ['input', 'ids'] },
    }),
  );
});

test('names the maximum alone where an empty list is allowed', () => {
  const { min: _min, ...maximum } = limits;
  expect(() => checkItemCount(['a', 'b', 'c'], maximum)).toThrow('Send at most 2 ids.');
});
