import { expect, test } from 'vitest';
import { isBlank, normalKey, normalLine, normalText, withoutInvisible } from './normal-form.ts';

/** `Café` with é as one character and as two. */
const COMPOSED = 'Caf\u00E9';
const DECOMPOSED = 'Cafe\u0301';

test.each([undefined, null, '', ' \n\t ', '\u200B', ' \u00AD\uFEFF ', '\u200E\u2060', '\u3164'])(
  'nothing remains of %j',
  (text) => {
    expect(normalText(text)).toBeNull();
    expect(isBlank(text ?? '')).toBe(true);
  },
);

test('trims a text and keeps its lines', () => {
  expect(normalText('  one\n\ttwo ')).toBe('one\n\ttwo');
});

test('a letter and its accent have one form, in texts and in keys', () => {
  expect(COMPOSED).not.toBe(DECOMPOSED);
  for (const normal of [normalText, normalLine, normalKey]) {
    expect(normal(DECOMPOSED)).toBe(COMPOSED);
    expect(normal(COMPOSED)).toBe(COMPOSED);
  }
  expect(normalKey('한국')).toBe('한국');
});

test.each([
  'می\u200Cخواهم',
  'क्\u200Dष',
  '👩\u200D🎨',
  'two\u200F',
  'Zauber\u00ADberg',
  '葛\u{E0100}',
])('free text keeps the invisible characters of %j', (text) => {
  expect(normalText(text)).toBe(text);
});

test.each([
  ['zero-width space', 'A\u200B1'],
  ['soft hyphen', 'A\u00AD1'],
  ['byte-order mark', '\uFEFFA1'],
  ['word joiner', 'A1\u2060'],
  ['zero-width non-joiner', 'A\u200C1'],
  ['zero-width joiner', 'A\u200D1'],
  ['left-to-right mark', 'A1\u200E'],
  ['Arabic letter mark', '\u061CA1'],
  ['embedding of a pasted path', '\u202AA1\u202C'],
  ['override', 'A\u202E1'],
  ['isolate', '\u2066A1\u2069'],
  ['variation selector', 'A1\uFE0F'],
  ['grapheme joiner', 'A\u034F1'],
  ['Hangul filler', 'A\u31641'],
  ['tag', 'A\u{E0041}1'],
  ['spaces around it', ' \u00A0A1\u3000'],
])('a key has no %s', (_what, key) => {
  expect(normalKey(key)).toBe('A1');
});

test('a key has one kind of space, and as many as before', () => {
  expect(normalKey('A\u00A0 1')).toBe('A  1');
  expect(normalKey('Screenshot\u202FPM')).toBe('Screenshot PM');
});

test('removing a character lets the ones around it compose', () => {
  expect(normalKey('Cafe\u200B\u0301')).toBe(COMPOSED);
});

test.each([
  ['emoji of several people', '👩‍❤️‍👨'],
  ['emoji with a skin tone', '👩🏽‍🎨'],
  ['emoji without the selector', '🏃‍♂'],
  ['a flag of several characters', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ['a keycap', '1️⃣'],
  ['a coloured sign', '☀️'],
  ['Persian', 'می‌خواهم'],
  ['Persian with a vowel mark', 'مِ‌خ'],
  ['a half form in Devanagari', 'क्‍ष'],
  ['a visible virama in Devanagari', 'क्‌ष'],
  ['ra and ya in Bengali', 'র‍্যাব'],
  ['a conjunct in Sinhala', 'ශ්‍රී'],
])('a key keeps what joins or separates characters: %s', (_what, key) => {
  expect(normalKey(key)).toBe(key);
});

test.each([
  ['after a letter that does not join', 'کار\u200Cها', 'کارها'],
  ['at the end of a word', 'می\u200C', 'می'],
  ['twice', 'می\u200C\u200Cخ', 'میخ'],
  ['without a letter behind', 'क्\u200C', 'क्'],
  ['before an emoji', 'a\u200D🎨', 'a🎨'],
  ['a selector after a letter', 'क\uFE0F', 'क'],
])('a key keeps no joiner that changes nothing: %s', (_what, given, key) => {
  expect(normalKey(given)).toBe(key);
});

test('searches ignore joiners, too', () => {
  expect(withoutInvisible('می‌خواهم')).toBe('میخواهم');
  expect(withoutInvisible('Zauber\u00ADberg\u200B')).toBe('Zauberberg');
});
