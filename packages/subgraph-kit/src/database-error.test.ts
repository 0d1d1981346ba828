import { expect, test } from 'vitest';
import { violatesUnique } from './database-error.ts';
import { errorCode } from './error-code.ts';

const taken = Object.assign(new Error('taken'), { code: '23505', constraint: 'sku_key' });

test('a value that is taken is told apart by its constraint', () => {
  expect(violatesUnique(taken)).toBe(true);
  expect(violatesUnique(taken, 'sku_key')).toBe(true);
  expect(violatesUnique(taken, 'name_key')).toBe(false);
});

test.each([
  new Error('no code'),
  Object.assign(new Error('a deadlock'), { code: '40P01', constraint: 'sku_key' }),
  { code: '23505', constraint: 'sku_key' },
  undefined,
])('%o is no value that is taken', (error) => {
  expect(violatesUnique(error)).toBe(false);
  expect(violatesUnique(error, 'sku_key')).toBe(false);
});

test('only an error has a code, and only a text is one', () => {
  expect(errorCode(taken)).toBe('23505');
  expect(errorCode(Object.assign(new Error('x'), { code: 23505 }))).toBeUndefined();
  expect(errorCode({ code: '23505' })).toBeUndefined();
});
