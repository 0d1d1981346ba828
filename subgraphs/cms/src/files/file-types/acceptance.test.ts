import { expect, test } from 'vitest';
import {
  type Acceptance,
  acceptanceOf,
  createAcceptance,
  readAcceptedTypes,
} from './acceptance.ts';
import { FILE_TYPES } from './file-types.ts';

function read(text: string | undefined): Acceptance {
  const types = readAcceptedTypes(text);
  if ('unknown' in types) throw new Error(`unknown: ${types.unknown.join(', ')}`);
  return createAcceptance(types);
}

test('lists groups and types in any spelling', () => {
  const { accepts } = read(' Images, pdf,,MP4 ');
  const { JPEG, SVG, PDF, MP4, MOV, MP3 } = FILE_TYPES;
  expect([JPEG, SVG, PDF, MP4].every(accepts)).toBe(true);
  expect([MOV, MP3].some(accepts)).toBe(false);
});

test('names the entries that are neither', () => {
  expect(readAcceptedTypes('images, exe, jpeg2000')).toEqual({ unknown: ['exe', 'jpeg2000'] });
});

test.for([undefined, '', ' , '])('accepts the default types for %j', (text) => {
  expect(read(text).accepts(FILE_TYPES.JPEG)).toBe(true);
});

test('tells content types, extensions, limits and names of its types only', () => {
  const acceptance = read('svg, png');
  expect(acceptance.acceptsMimeType('image/svg+xml')).toBe(true);
  expect(acceptance.acceptsMimeType('image/jpeg')).toBe(false);
  expect(acceptance.acceptsExtension('apng')).toBe(true);
  expect(acceptance.acceptsExtension('jpg')).toBe(false);
  expect(acceptance.maxBytesOf('image/svg+xml')).toBe(FILE_TYPES.SVG.maxBytes);
  expect(acceptance.maxBytesOf('image/png')).toBe(Infinity);
  expect(acceptance.sentence).toBe('Accepted types: PNG, SVG.');
});

test('is the same in another process', () => {
  const { extensions, sentence } = read('svg, png');
  expect(acceptanceOf(extensions).sentence).toBe(sentence);
});
