import { expect, test } from 'vitest';
import { negotiate } from './format.ts';

const CHROME = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

test.for([
  [CHROME, 'image/jpeg', 'avif'],
  ['image/webp,*/*', 'image/jpeg', 'webp'],
  ['IMAGE/AVIF;q=0.1', 'image/png', 'avif'],
  ['image/webp;q=0.9, image/avif;q=0.1', 'image/jpeg', 'webp'],
  ['image/webp;q=0.9, image/avif; Q=0.95', 'image/jpeg', 'avif'],
  ['image/jpeg, image/webp;q=0.5', 'image/jpeg', 'jpeg'],
  ['image/avif;q=0.5, image/png;q=0.5', 'image/png', 'avif'],
  ['image/avif;q=9, image/webp', 'image/png', 'avif'],
  ['image/gif, image/avif;q=0.9', 'image/gif', 'gif'],
  ['image/avif;q=0, image/webp', 'image/png', 'webp'],
  ['image/avif; q=0.000, image/webp;q=0', 'image/png', 'png'],
  ['*/*', 'image/jpeg', 'jpeg'],
  ['image/*', 'image/webp', 'webp'],
  [undefined, 'image/png', 'png'],
  ['', 'image/avif', 'avif'],
  [CHROME, 'image/gif', 'avif'],
  [CHROME, 'image/webp', 'avif'],
  ['*/*', 'image/gif', 'gif'],
  ['*/*', 'image/tiff', 'jpeg'],
  ['*/*', 'image/svg+xml', 'png'],
  ['*/*', 'application/pdf', 'jpeg'],
  [`${','.repeat(10_000)}image/avif`, 'image/jpeg', 'jpeg'],
] as const)('Accept %j, of %s: %s', ([accept, original, format]) => {
  expect(negotiate(accept, { mimeType: original, animated: false })).toBe(format);
});

test.for([
  [CHROME, 'image/gif', 'webp'],
  [CHROME, 'image/png', 'webp'],
  ['image/avif', 'image/gif', 'gif'],
  ['*/*', 'image/webp', 'webp'],
  [CHROME, 'image/avif', 'avif'],
] as const)('Accept %j, of an animated %s: %s', ([accept, mimeType, format]) => {
  expect(negotiate(accept, { mimeType, animated: true })).toBe(format);
});
