import { expect, test } from 'vitest';
import { excerpt, shortMessage } from './excerpt.ts';

test('keeps a short text', () => {
  expect(excerpt('a'.repeat(80))).toBe('a'.repeat(80));
  expect(shortMessage('The product does not exist.')).toBe('The product does not exist.');
});

test('shortens a long text and marks the cut', () => {
  expect(excerpt('a'.repeat(81))).toBe(`${'a'.repeat(79)}…`);
  expect(shortMessage('many words '.repeat(1_000))).toHaveLength(500);
});

test('does not cut within a character', () => {
  expect(excerpt(`${'a'.repeat(78)}😀😀`)).toBe(`${'a'.repeat(78)}…`);
});

const long = 'a'.repeat(1_000);
test.each([
  [`Field "${long}" is not defined.`, `Field "${'a'.repeat(79)}…" is not defined.`],
  [`"${'a b '.repeat(100)}" and "b"`, `"${'a b '.repeat(19)}a b…" and "b"`],
  [`Unexpected ${long} here`, `Unexpected ${'a'.repeat(79)}… here`],
  [`no number value: {a: ${'1 '.repeat(500)}}`, `no number value: {a: ${'1 '.repeat(37)}1…`],
  [`It is never "closed ${long}`, `It is never "closed ${'a'.repeat(72)}…`],
])('shortens long names and values in a message: %.20s', (message, shortened) => {
  expect(shortMessage(message)).toBe(shortened);
});

test('a message without long names is unchanged', () => {
  const message = `Field "a" of "b" is ${'not so long '.repeat(30)} as "c" or "d".`;
  expect(shortMessage(message)).toBe(message);
});
