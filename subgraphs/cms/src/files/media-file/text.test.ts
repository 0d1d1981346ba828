import { expect, test } from 'vitest';
import { readFilename, readFolder, readLocale, readTags, readText } from './text.ts';
import { InvalidValue } from '../../platform/input-checks.ts';

test.each([
  ['C:\\Users\\me\\beach.jpg', 'beach.jpg'],
  ['../../../etc/passwd', 'passwd'],
  ['a\u0000b\r\nSet-Cookie: x.jpg', 'abSet-Cookie: x.jpg'],
  ['photo\u202Egpj.exe', 'photogpj.exe'],
  ['cafe\u0301.jpg', 'café.jpg'],
  ['  spaced.jpg ', 'spaced.jpg'],
  ['half\uD800.jpg', 'half.jpg'],
  ['👩‍🎨.png', '👩‍🎨.png'],
  ['.htaccess', '.htaccess'],
  ['in\u00ADvoice\u200B.jpg\u200E', 'invoice.jpg'],
  ['Screenshot 3.04\u202FPM.png', 'Screenshot 3.04 PM.png'],
  ['می\u200Cخواهم.jpg', 'می\u200Cخواهم.jpg'],
])('stores the file name %j as %j', (given, kept) => {
  expect(readFilename(given)).toBe(kept);
});

test.each(['', '   ', 'folder/', '.', '..', 'a/..', '\u202E', '\u200B', '.\u200B.'])(
  'rejects the file name %j',
  (given) => {
    expect(() => readFilename(given)).toThrow('The file name is empty.');
  },
);

test('a file name has at most 255 characters, not code units', () => {
  expect(readFilename('🌊'.repeat(255))).toHaveLength(510);
  expect(() => readFilename('a'.repeat(256))).toThrow('255');
});

test.each([
  ['brand/logos', 'brand/logos'],
  ['/Brand//Logos/', 'Brand/Logos'],
  [' brand / logos ', 'brand/logos'],
  ['', 'general'],
  ['//', 'general'],
  ['cafe\u0301/a\u200Bb', 'café/ab'],
  ['a\u202Eb/\u200E', 'ab'],
  ['a\u00A0b', 'a b'],
  ['\u200B', 'general'],
])('stores the folder %j as %j', (given, filed) => {
  expect(readFolder(given)).toBe(filed);
});

test.each([
  '../secrets',
  'a/./b',
  'a/../b',
  'a\\b',
  'a\u0000b',
  'a\nb',
  'a\u2028b',
  'a/.\u200B.',
  'a/'.repeat(11),
  'x'.repeat(101),
])('rejects the folder %j', (given) => {
  expect(() => readFolder(given)).toThrow(InvalidValue);
});

test('trims tags and removes duplicates, in the given order', () => {
  expect(readTags([' sea', 'sand ', 'sea', 'Sea'])).toEqual(['sea', 'sand', 'Sea']);
  expect(readTags([])).toEqual([]);
  expect(readTags(['caf\u00E9', 'cafe\u0301', 'ca\u00ADfé\u200E', '❤️', '👩‍🎨'])).toEqual([
    'café',
    '❤️',
    '👩‍🎨',
  ]);
});

test.each([[['']], [['\u200B']], [['a,b']], [['a\u0000']], [['x'.repeat(101)]]])(
  'rejects the tags %j',
  (given) => {
    expect(() => readTags(given)).toThrow(InvalidValue);
  },
);

test('a file has at most 50 tags', () => {
  const tags = Array.from({ length: 51 }, (_, index) => `tag ${index}`);
  expect(readTags(tags.slice(0, 50))).toHaveLength(50);
  expect(() => readTags(tags)).toThrow('50');
});

test('trims text, and keeps its lines and its direction of writing', () => {
  expect(readText('  one\n\ttwo\u200F ', { maxLength: 20 })).toBe('one\n\ttwo\u200F');
  expect(readText(' \n ', { maxLength: 20 })).toBeNull();
  expect(readText('Cafe\u0301 می\u200Cخ', { maxLength: 20 })).toBe('Caf\u00E9 می\u200Cخ');
});

test.each(['a\u0000b', 'a\u001Bb', 'a\uDC00b', 'x'.repeat(21)])('rejects the text %j', (given) => {
  expect(() => readText(given, { maxLength: 20 })).toThrow(InvalidValue);
});

test('normalizes language tags', () => {
  expect(readLocale('FR-ca')).toBe('fr-CA');
  expect(readLocale('zh-hant-tw')).toBe('zh-Hant-TW');
});

test.each(['nds', 'de-CH-1996', 'es-419', 'yue-Hant-HK', 'tlh'])(
  'accepts the locale %j',
  (given) => {
    expect(readLocale(given)).toBe(given);
  },
);

test.each([
  'xx',
  'xx-invalid',
  'fr-XY',
  'i-klingon',
  'not a tag',
  `en-x-${'abcdefgh-'.repeat(5)}a`,
])('rejects the locale %j', (given) => {
  expect(() => readLocale(given)).toThrow('BCP 47');
});

test('rejects a folder path of 900 kB', () => {
  expect(() => readFolder('a/'.repeat(450_000))).toThrow('The maximum is 100 characters.');
});
