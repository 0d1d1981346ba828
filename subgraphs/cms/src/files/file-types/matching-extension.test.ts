import { expect, test } from 'vitest';
import { withExtensionOf, withMatchingExtension } from './matching-extension.ts';

test.for([
  ['photo', 'image/jpeg', 'photo.jpg'],
  ['photo.JPEG', 'image/jpeg', 'photo.JPEG'],
  ['photo.jpg', 'image/webp', 'photo.webp'],
  ['Report v1.2', 'image/webp', 'Report v1.2.webp'],
  ['Report v1.2.pdf', 'image/png', 'Report v1.2.png'],
  ['photo.final', 'image/png', 'photo.final.png'],
  ['.htaccess', 'image/png', '.htaccess.png'],
  ['photo.', 'image/png', 'photo..png'],
  ['clip.mov', 'video/mp4', 'clip.mov'],
  ['x'.repeat(255), 'image/png', `${'x'.repeat(251)}.png`],
  ['notes', 'text/unheard-of', 'notes'],
] as const)('%j with bytes of %s is saved as %j', ([name, mimeType, saved]) => {
  expect(withExtensionOf(mimeType, name)).toBe(saved);
});

test('a name without a known extension is not changed when it is stored', () => {
  expect(withMatchingExtension('photo', 'image/jpeg')).toBe('photo');
  expect(withMatchingExtension('Report v1.2', 'image/jpeg')).toBe('Report v1.2');
  expect(withMatchingExtension('photo.png', 'image/jpeg')).toBe('photo.jpg');
});
