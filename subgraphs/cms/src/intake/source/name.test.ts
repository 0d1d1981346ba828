import { expect, test } from 'vitest';
import { nameOf } from './name.ts';

const named = (contentDisposition: string | null, path = '/photos/beach.jpg?size=big#top') =>
  nameOf({ url: new URL(path, 'https://files.test'), contentDisposition }).name;

/** How Node reads the bytes of a header. */
const asLatin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

test('reads UTF-8 names as browsers do, and Latin-1 names correctly', () => {
  expect(named(asLatin1('attachment; filename="Zürich 🌊.jpg"'))).toBe('Zürich 🌊.jpg');
  expect(named('attachment; filename="Zürich.jpg"')).toBe('Zürich.jpg');
  expect(named(asLatin1('attachment; filename="photo\u202Egpj.exe"'))).toBe('photogpj.exe');
});

test.each([
  ['attachment; filename=sea.jpg', 'sea.jpg'],
  ['inline; filename="sea \\"view\\".jpg"', 'sea "view".jpg'],
  ["attachment; filename*=UTF-8''M%C3%BCnchen%20%F0%9F%8C%8A.jpg", 'München 🌊.jpg'],
  ["attachment; filename=sea.jpg; filename*=UTF-8''M%C3%BCnchen.jpg", 'München.jpg'],
  ['ATTACHMENT; FILENAME="sea.jpg"', 'sea.jpg'],
])('%s gives the name %s', (header, name) => {
  expect(named(header)).toBe(name);
});

test.each([
  null,
  '',
  'attachment',
  'attachment; filename',
  'attachment; filename=',
  'attachment; filename=""',
  'attachment; filename="..."',
  'attachment; filename="/"',
  'attachment; filename="\u202e"',
  ';;;',
  'filename="sea.jpg',
  '"attachment"; =; =;',
  'attachment; __proto__=sea.jpg',
  'attachment; constructor=sea.jpg',
  `attachment; filename="${'x'.repeat(300)}.jpg"`,
  "attachment; filename*=utf-9''a%00",
  'attachment; filename*=%%%',
])('%j contains no name, so the URL is used', (header) => {
  expect(named(header === null ? null : asLatin1(header))).toBe('beach.jpg');
});

test.each([
  ['../../../etc/passwd.jpg', 'passwd.jpg'],
  ['..\\\\windows\\\\a.jpg', 'a.jpg'],
  ['C:\\\\a.jpg', 'a.jpg'],
  ['a\u0000b.jpg', 'ab.jpg'],
  ['a\r\nset-cookie: b.jpg', 'aset-cookie: b.jpg'],
  ['photo\u202Egpj.exe', 'photogpj.exe'],
])('removes what is dangerous from the name %j', (filename, name) => {
  expect(named(asLatin1(`attachment; filename="${filename}"`))).toBe(name);
});

test.each([
  ['%2e%2e%2f%2e%2e%2fpasswd.jpg', 'passwd.jpg'],
  ['..%5Ca.jpg', 'a.jpg'],
  ['a%00b.jpg', 'ab.jpg'],
  ['photo%E2%80%AEgpj.exe', 'photogpj.exe'],
  ['a%0D%0Ab.jpg', 'ab.jpg'],
])('removes what is dangerous from the encoded name %j', (encoded, name) => {
  const header = `attachment; filename*=UTF-8''${encoded}`;
  expect(named(header)).toBe(name);
  expect(named(null, `/photos/${encoded}`)).toBe(name);
});

test.each([
  ['/photos/M%C3%BCnchen%20sea.jpg', 'München sea.jpg'],
  ['/photos/Mu%CC%88nchen.jpg', 'München.jpg'],
  ['/photos/100%.jpg', '100%.jpg'],
  ['/photos/%FF.jpg', '%FF.jpg'],
  ['/photos/beach', 'beach'],
  ['/photos/.hidden', '.hidden'],
  ['/a/../b.jpg', 'b.jpg'],
])('the URL %s gives the name %s', (path, name) => {
  expect(named(null, path)).toBe(name);
});

test.each(['/', '/photos/', '/%2e%2e%2f', '/%E2%80%AE', `/${'x'.repeat(256)}`, '/?a=b.jpg'])(
  'the URL %s contains no name',
  (path) => {
    expect(named(null, path)).toBe('import');
  },
);

test('only the name that the source states claims a type', () => {
  const url = new URL('https://files.test/photo.jpg');
  expect(nameOf({ url, contentDisposition: null }).claimsType).toBe(false);
  expect(nameOf({ url, contentDisposition: 'attachment; filename=a.png' }).claimsType).toBe(true);
});
