import { expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../testing/cpu-time.ts';
import { outcomeOf } from '../../../testing/inspect-bytes.ts';

const rtf = (content: string) => Buffer.from(`{\\rtf1\\ansi ${content}}`, 'latin1');

test('accepts a whole document, also as DOC, and padding', async () => {
  for (const content of ['text', 'a \\{ b \\} {\\b c}', '\\bin3 {{{', '\\binary'])
    expect(await outcomeOf(rtf(content), 'a.rtf'), content).toBe('rtf');
  expect(await outcomeOf(rtf('text'), 'a.doc', { declaredMimeType: 'application/msword' })).toBe(
    'rtf',
  );
  expect(await outcomeOf(Buffer.concat([rtf('text'), Buffer.from('\r\n\0')]))).toBe('rtf');
});

test('rejects a document that is cut anywhere', async () => {
  const bytes = rtf('{\\b one} {\\i two} three');
  for (let end = 6; end < bytes.length; end += 1)
    expect(await outcomeOf(bytes.subarray(0, end), 'a.rtf'), `${end}`).toBe('CORRUPT_FILE');
});

test.for([
  '{\\*\\template http://example.com/a.dotm}',
  '{\\*\\template \\\\\\\\server\\\\a.dotm}',
  "{\\*\\template \\'68ttp://example.com/a}",
  '{\\*\\template \\u104?ttps://example.com/a}',
  '{\\*\\template h{\\b }ttp://example.com/a}',
  '{\\*\\template file://server/a}',
])('rejects the template %s, unless ACCEPT_MACROS is true', async (template) => {
  const bytes = rtf(`${' '.repeat(2 ** 20 - 30)}${template}`);
  expect(await outcomeOf(bytes, 'a.rtf')).toBe('UNSUPPORTED_TYPE');
  expect(await outcomeOf(bytes, 'a.rtf', { acceptsMacros: true })).toBe('rtf');
});

test('accepts a template of its computer', async () => {
  const template = '{\\*\\template C:\\\\Users\\\\a\\\\Letter.dot}';
  expect(await outcomeOf(rtf(template), 'a.rtf')).toBe('rtf');
});

test('a large document and one of many templates take less than three seconds', async () => {
  const large = rtf('some {text}\\bin3 {{{'.repeat(1_000_000));
  const many = rtf('\\template '.repeat(1_000_000));
  for (const [bytes, expected] of [
    [large, 'rtf'],
    [many, 'UNSUPPORTED_TYPE'],
  ] as const) {
    const seconds = await cpuSecondsOf(async () =>
      expect(await outcomeOf(bytes, 'a.rtf')).toBe(expected),
    );
    expect(seconds).toBeLessThan(3);
  }
});
