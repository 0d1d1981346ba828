import { expect, test } from 'vitest';
import { lengthOf, textProblem, trimText } from './text.ts';

test.each([undefined, null, '', ' \n\t '])('nothing remains of %j', (text) => {
  expect(trimText(text)).toBeNull();
});

test('trims a text and keeps its lines', () => {
  expect(trimText('  one\n\ttwo ')).toBe('one\n\ttwo');
});

test('an emoji of one code point is one character', () => {
  expect(lengthOf('🌊é')).toBe(2);
  expect(lengthOf('🌊'.repeat(1_000))).toBe(1_000);
  expect(lengthOf('\uD83C\uD83C\uDF0A\uDF0A')).toBe(3);
});

test.each(['a\u0000b', 'a\u001Bb', 'a\uDC00b'])('%j has invalid characters', (text) => {
  expect(textProblem(text, 20)).toBe('The text must not contain control characters.');
});

test('accepts a text of the maximum length, without the spaces around it', () => {
  expect(textProblem(` ${'🌊'.repeat(20)}\n`, 20)).toBeNull();
  expect(textProblem('x'.repeat(21), 20)).toBe('Too long. The maximum is 20 characters.');
});
