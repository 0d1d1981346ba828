import { expect, test } from 'vitest';
import { altTextFor } from './alt-text.ts';

const file = {
  altText: 'A beach',
  texts: [
    { locale: 'fr', text: 'Une plage' },
    { locale: 'fr-CA', text: 'Une plage, là-bas' },
    { locale: 'zh-Hant', text: '海灘' },
  ],
};

test.each([
  [undefined, 'A beach'],
  [null, 'A beach'],
  ['fr-CA', 'Une plage, là-bas'],
  ['fr-ca', 'Une plage, là-bas'],
  ['fr-BE', 'Une plage'],
  ['zh-Hant-TW', '海灘'],
  ['zh', 'A beach'],
  ['de', 'A beach'],
  ['fr-x-anything', 'Une plage'],
  ['i-klingon', 'A beach'],
  [`zh-Hant-TW-a${'-aaaaaaaa'.repeat(100_000)}`, '海灘'],
  ['x'.repeat(900_000), 'A beach'],
])('for the locale %.20j returns %j', (locale, text) => {
  expect(altTextFor(file, locale)).toBe(text);
});

test('returns null without a matching text and without a default', () => {
  expect(altTextFor({ ...file, altText: null }, 'de')).toBeNull();
});
