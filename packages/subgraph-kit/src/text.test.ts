import { expect, test } from 'vitest';
import { keyProblem, lengthOf, lineProblem, textProblem } from './text.ts';

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

test('counts the characters of the normal form', () => {
  expect(textProblem('e\u0301'.repeat(20), 20)).toBeNull();
  expect(textProblem('\u1100\u1161\u11A8'.repeat(20), 20)).toBeNull();
  expect(textProblem('\u03B1\u0313\u0300\u0345'.repeat(20), 20)).toBeNull();
  expect(textProblem('\u0958'.repeat(11), 20)).toBe('Too long. The maximum is 20 characters.');
  expect(keyProblem(`\u200B${'e\u0301'.repeat(20)}`, 20)).toBeNull();
});

test.each([
  ['marks', `a${'\u0315\u0300'.repeat(500_000)}`],
  ['marks with other characters between them', `a${'\u0315\u0300\u200B'.repeat(300_000)}`],
  ['letters with 30 marks', `a${'\u0315\u0300'.repeat(15)}`.repeat(30_000)],
  ['vowel marks', `م${'\u0650\u064F'.repeat(500_000)}\u200C`],
  ['tags', `\u{1F3F4}${'\u{E0067}'.repeat(500_000)}`],
  ['joiners', `a${'\u200D'.repeat(1_000_000)}`],
])('rejects a million %s within a moment', (_what, text) => {
  // Of this process: other tests run at the same time.
  const before = process.cpuUsage();
  expect(textProblem(text, 10_000)).toBe('Too long. The maximum is 10000 characters.');
  keyProblem(text, 10_000);
  expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
});

test.each(['', ' ', '\u200B', '\u00AD\u2060'])('%j is no line and no key', (text) => {
  expect(lineProblem(text, 20)).toBe('The text must not be empty.');
  expect(keyProblem(text, 20)).toBe('The text must not be empty.');
});

test.each(['a\nb', 'a\r\nb', 'a\u2028b'])('%j is several lines', (text) => {
  expect(lineProblem(text, 20)).toBe('The text must be a single line.');
  expect(keyProblem(text, 20)).toBe('The text must be a single line.');
});
