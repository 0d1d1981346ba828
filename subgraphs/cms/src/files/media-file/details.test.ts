import { expect, test } from 'vitest';
import { readDetails } from './details.ts';
import type { MediaDetailsInput } from '../../generated/graphql.ts';
import { createChecks } from '../../platform/input-checks.ts';

function read(input: MediaDetailsInput) {
  const { check, problems } = createChecks(['input', 'details']);
  return {
    change: readDetails(input, check),
    fields: problems.map(({ field }) => field?.join('.')),
  };
}

test('absent fields are not in the change', () => {
  expect(read({})).toEqual({ change: {}, fields: [] });
});

test('null sets each field to the value of a new file', () => {
  const cleared: Required<MediaDetailsInput> = {
    title: null,
    folder: null,
    altText: null,
    altTexts: null,
    decorative: null,
    description: null,
    credit: null,
    copyright: null,
    tags: null,
    focalPoint: null,
    visibility: null,
  };
  expect(read(cleared)).toEqual({
    change: {
      title: null,
      folder: 'general',
      altText: null,
      texts: null,
      decorative: false,
      description: null,
      credit: null,
      copyright: null,
      tags: [],
      focalPoint: null,
      visibility: 'PUBLIC',
    },
    fields: [],
  });
});

test('reports all invalid values at once, each with its path', () => {
  const { fields } = read({
    title: 'x'.repeat(256),
    folder: '../up',
    altText: 'x'.repeat(501),
    altTexts: [
      { locale: 'fr', text: 'x'.repeat(501) },
      { locale: 'FR', text: 'encore' },
      { locale: 'de', text: 'gut' },
      { locale: 'DE', text: 'noch einmal' },
      { locale: 'i-klingon', text: 'nuqneH' },
    ],
    description: 'x'.repeat(5001),
    tags: ['a,b'],
    focalPoint: { x: -0.1, y: 1.1 },
  });
  expect(fields).toEqual([
    'input.details.title',
    'input.details.folder',
    'input.details.altText',
    'input.details.altTexts.0.text',
    'input.details.altTexts.3.locale',
    'input.details.altTexts.4.locale',
    'input.details.description',
    'input.details.tags',
    'input.details.focalPoint.x',
    'input.details.focalPoint.y',
  ]);
});

test('reports too many languages once, not once for each', () => {
  const altTexts = Array.from({ length: 20_000 }, () => ({ locale: 'fr', text: 'x' }));
  expect(read({ altTexts }).fields).toEqual(['input.details.altTexts']);
});

test('a null or blank text removes the text of its language', () => {
  const { change } = read({
    altTexts: [
      { locale: 'fr-ca', text: null },
      { locale: 'fr', text: ' ' },
      { locale: 'de' },
      { locale: 'en', text: 'Sea' },
    ],
  });
  expect(change.texts).toEqual(
    new Map([
      ['fr-CA', null],
      ['fr', null],
      ['de', null],
      ['en', 'Sea'],
    ]),
  );
});

test('a title is trimmed, and a blank one counts as none', () => {
  expect(read({ title: ' Low tide\n' }).change).toEqual({ title: 'Low tide' });
  expect(read({ title: ' ' }).change).toEqual({ title: null });
});

test('accepts the corners of the image as focal points', () => {
  expect(read({ focalPoint: { x: 0, y: 1 } }).change.focalPoint).toEqual({ x: 0, y: 1 });
});

test('credit and copyright have at most 500 characters', () => {
  const long = 'x'.repeat(501);
  const { fields } = read({ credit: long, copyright: long });
  expect(fields).toEqual(['input.details.credit', 'input.details.copyright']);
  const { change } = read({ credit: ' Ada ', copyright: 'x'.repeat(500) });
  expect(change).toEqual({ credit: 'Ada', copyright: 'x'.repeat(500) });
});
