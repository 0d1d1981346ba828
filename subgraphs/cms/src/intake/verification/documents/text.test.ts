import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../testing/cpu-time.ts';
import { inspectBytes, outcomeOf } from '../../../testing/inspect-bytes.ts';

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
const bigEndian = (text: string) => utf16(text).swap16();
const latin1 = (text: string) => Buffer.from(text, 'latin1');

test.for([
  ['', '', 'txt'],
  ['notes.txt', 'text/plain', 'txt'],
  ['notes.final', '', 'txt'],
  ['server.log', 'application/octet-stream', 'txt'],
  ['list.csv', 'application/vnd.ms-excel', 'csv'],
  ['list.csv', 'text/plain', 'csv'],
  ['list', 'text/csv; charset=utf-8', 'csv'],
  ['list.tsv', '', 'tsv'],
  ['README.md', '', 'md'],
  ['README.MARKDOWN', 'text/markdown', 'md'],
  ['settings.yaml', 'application/yaml', 'txt'],
  ['settings.yml', 'text/yaml', 'txt'],
  ['settings.yml', 'application/x-yaml', 'txt'],
  ['settings.toml', 'application/toml', 'txt'],
  ['titles.srt', 'application/x-subrip', 'txt'],
  ['notes.html', '', 'TYPE_MISMATCH'],
  ['notes.js', '', 'TYPE_MISMATCH'],
  ['notes.doc', '', 'TYPE_MISMATCH'],
  ['photo.jpg', '', 'TYPE_MISMATCH'],
  ['notes', 'text/html', 'TYPE_MISMATCH'],
  ['notes', 'image/svg+xml', 'TYPE_MISMATCH'],
] as const)('text named %j and declared as %j: %s', async ([name, declaredMimeType, expected]) => {
  const bytes = Buffer.from('Käse;2\n');
  expect(await outcomeOf(bytes, name, { declaredMimeType })).toBe(expected);
});

test.for([
  ['UTF-8', Buffer.from('Käse\t\f\r\n'), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from('\uFEFFKäse'), 'utf-8'],
  ['the end mark of DOS', Buffer.from('text\x1a'), 'utf-8'],
  ['UTF-16', utf16('Käse 😀'), 'utf-16'],
  ['UTF-16 in the other order', bigEndian('Käse'), 'utf-16'],
  ['the encoding of Windows', latin1('K\xe4se \x80'), null],
] as const)('accepts %s', async ([, bytes, charset]) => {
  expect(await inspectBytes(bytes, 'a.txt')).toMatchObject({ verified: { charset } });
});

test('text that begins like another type by chance is text', async () => {
  for (const text of ['BMW builds cars, and', 'MZ is an abbreviation.', 'ID3 is a tag', 'BZh'])
    expect(await outcomeOf(Buffer.from(text), 'a.txt'), text).toBe('txt');
  expect(await outcomeOf(Buffer.from('FORMULA;VALUE\n1+1;2\n'), 'a.csv')).toBe('csv');
  expect(await outcomeOf(Buffer.from('%!PS-Adobe-3.0\n'), 'a.txt')).toBe('TYPE_MISMATCH');
  expect(await outcomeOf(Buffer.from('%PDF-1.4\n'), 'a.txt')).toBe('TYPE_MISMATCH');
  expect(await outcomeOf(Buffer.from('A file begins with %PDF-1.4.'), 'a.txt')).toBe('txt');
  expect(await outcomeOf(Buffer.from('<3 hearts'), 'a.txt')).toBe('txt');
});

describe('refused', () => {
  test('a page, drawing or script', async () => {
    const texts = ['<p>a</p>', ' \n<!DOCTYPE html>', '<?xml version="1.0"?><a/>', '<!-- a -->'];
    for (const text of texts) {
      for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), utf16(text)])
        expect(await outcomeOf(bytes, 'a.txt'), text).toBe('TYPE_MISMATCH');
    }
    expect(await outcomeOf(Buffer.from('#!/bin/sh\nrm -r /'), 'a.txt')).toBe('TYPE_MISMATCH');
    expect(await outcomeOf(Buffer.from('#!/bin/sh\nrm -r /'))).toBe('UNSUPPORTED_TYPE');
  });

  test('bytes that are not text, wherever they are', async () => {
    const text = Buffer.alloc(3_000_000, 'some text\n');
    for (const at of [0, 100, 5000, 2 ** 20 - 1, 2 ** 20, text.length - 2]) {
      for (const byte of [0, 7, 0x0b, 0x1a, 0x1b, 0x7f]) {
        const bytes = Buffer.from(text);
        bytes[at] = byte;
        const expected = at < 4100 ? 'UNSUPPORTED_TYPE' : 'CORRUPT_FILE';
        expect(await outcomeOf(bytes, 'a.txt'), `${byte} at ${at}`).toBe(expected);
      }
    }
  });

  test('bytes of another encoding without a claim that they are text', async () => {
    expect(await outcomeOf(latin1('K\xe4se'))).toBe('UNSUPPORTED_TYPE');
    expect(await outcomeOf(latin1('K\xe4se'), 'photo.jpg')).toBe('UNSUPPORTED_TYPE');
    const late = Buffer.concat([Buffer.alloc(9000, 'a'), latin1('K\xe4se')]);
    expect(await outcomeOf(late)).toBe('CORRUPT_FILE');
  });

  test('invalid UTF-16', async () => {
    const half = utf16('text').subarray(0, -1);
    const surrogate = utf16('text \ud800 text');
    for (const bytes of [half, surrogate, utf16('text \0')])
      expect(await outcomeOf(bytes, 'a.txt')).toMatch(/CORRUPT_FILE|UNSUPPORTED_TYPE/);
  });
});

test('a character at the end of a piece is whole', async () => {
  for (let before = 2 ** 20 - 5; before <= 2 ** 20; before += 1) {
    const bytes = Buffer.concat([Buffer.alloc(before, 'a'), Buffer.from('😀ä')]);
    expect(await inspectBytes(bytes), `${before}`).toMatchObject({
      verified: { charset: 'utf-8' },
    });
    const cut = bytes.subarray(0, -1);
    expect(await inspectBytes(cut, 'a.txt')).toMatchObject({ verified: { charset: null } });
  }
});

test('Markdown may begin with markup, but is never a page or drawing', async () => {
  const logo = Buffer.from('<p align="center"><img src="logo.png"></p>\n# Title\n');
  expect(await outcomeOf(logo, 'README.md')).toBe('md');
  expect(await outcomeOf(Buffer.from('<!-- a -->\n# Title'), 'README.md')).toBe('md');
  for (const text of ['<!doctype html>', '<html>', '<!-- a --><script>', '<svg xmlns="a"/>', '<?x'])
    expect(await outcomeOf(Buffer.from(text), 'README.md'), text).toBe('TYPE_MISMATCH');
});

test('many comments at the start of Markdown take less than a second', async () => {
  const bytes = Buffer.from('<!---->'.repeat(2000));
  const seconds = await cpuSecondsOf(async () =>
    expect(await outcomeOf(bytes, 'README.md')).toBe('md'),
  );
  expect(seconds).toBeLessThan(1);
});

test('JSON and glTF are parsed', async () => {
  const gltf = '{"asset":{"version":"2.0"}}';
  expect(await outcomeOf(Buffer.from(gltf), 'a.json')).toBe('json');
  expect(await outcomeOf(Buffer.from(`\uFEFF${gltf}`), '', { declaredMimeType: 'text/json' })).toBe(
    'json',
  );
  expect(await outcomeOf(utf16(gltf), 'a.json')).toBe('json');
  expect(await outcomeOf(Buffer.from(gltf), 'a.gltf')).toBe('gltf');
  const declaredMimeType = 'application/json';
  expect(await outcomeOf(Buffer.from(gltf), 'a.gltf', { declaredMimeType })).toBe('gltf');
  for (const text of ['{"a":1', '{"a":1}// note', 'words', '{"a":1}{"a":2}'])
    expect(await outcomeOf(Buffer.from(text), 'a.json'), text).toBe('TYPE_MISMATCH');
  for (const text of ['null', '[]', '{"asset":{}}', '{"asset":null}'])
    expect(await outcomeOf(Buffer.from(text), 'a.gltf'), text).toBe('TYPE_MISMATCH');
});

test('deep, wide and large JSON takes less than three seconds', async () => {
  const deep = Buffer.alloc(2 * 2 ** 20, '[');
  const wide = Buffer.from(`[${Array.from({ length: 650_000 }, () => '[]').join(',')}]`);
  const large = Buffer.concat([Buffer.from('{'), Buffer.alloc(30_000_000, ' ')]);
  for (const [bytes, expected] of [
    [deep, 'TYPE_MISMATCH'],
    [wide, 'json'],
    [large, 'json'],
  ] as const) {
    const seconds = await cpuSecondsOf(async () =>
      expect(await outcomeOf(bytes, 'a.json')).toBe(expected),
    );
    expect(seconds).toBeLessThan(3);
  }
});
