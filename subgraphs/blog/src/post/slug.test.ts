import { expect, test } from 'vitest';
import { isSlug, slugOf } from './slug.ts';

test.each([
  ['Hello, World!', 'hello-world'],
  ['  Über uns & Köln  ', 'ueber-uns-and-koeln'],
  ['Crème brûlée à la maison', 'creme-brulee-a-la-maison'],
  ['Война и мир', 'voyna-i-mir'],
  ['iPhone vs. GraphQL', 'iphone-vs-graphql'],
  ['100 %', '100'],
  ['ﬁne aﬀair', 'fine-affair'],
  ['Ｆｕｌｌ ｗｉｄｔｈ', 'full-width'],
  ['Büro, spelled Bu\u0308ro', 'buero-spelled-buero'],
  ['Cafe\u0301 Cr\u00E8me', 'cafe-creme'],
  ['Zauber\u00ADberg\u200B', 'zauberberg'],
  ['Lamp™ 2 m²', 'lamp-2-m2'],
  ['東京', 'post'],
  ['🏺🏺', 'post'],
  ['---', 'post'],
])('%j becomes %s', (title, slug) => {
  expect(slugOf(title)).toBe(slug);
  expect(isSlug(slug)).toBe(true);
});

test('shortens a long title to leave room for a number, without a hyphen at the end', () => {
  const slug = slugOf(`${'x'.repeat(89)} ${'y'.repeat(100)}`);
  expect(slug).toBe('x'.repeat(89));
  expect(slugOf('z'.repeat(255))).toHaveLength(90);
});

test.each(['', '-', 'a-', '-a', 'a--b', 'A', 'é', 'a b', 'a_b', 'a\n', 'x'.repeat(101)])(
  '%j is no slug',
  (text) => {
    expect(isSlug(text)).toBe(false);
  },
);
