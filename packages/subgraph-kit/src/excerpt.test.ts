import { expect, test } from 'vitest';
import { excerpt, shortMessage } from './excerpt.ts';

test('a short text is repeated whole', () => {
  expect(excerpt('a'.repeat(80))).toBe('a'.repeat(80));
  expect(shortMessage('No such product.')).toBe('No such product.');
});

test('a long text is cut, and says so', () => {
  expect(excerpt('a'.repeat(81))).toBe(`${'a'.repeat(79)}…`);
  expect(shortMessage('a'.repeat(1_000_000))).toHaveLength(500);
});

test('a cut leaves no half of a character', () => {
  expect(excerpt(`${'a'.repeat(78)}😀😀`)).toBe(`${'a'.repeat(78)}…`);
});
