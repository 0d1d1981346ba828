import { expect, test } from 'vitest';
import type { ImageTransform } from '../../generated/graphql.ts';
import { readPresets } from './presets.ts';
import { formatRecipe } from './recipe.ts';
import { srcSetCandidates } from '../urls/src-set.ts';
import { toRecipe } from './transform.ts';

const presets = readPresets('{"strip":{"width":1000,"height":250,"fit":"CONTAIN","quality":60}}');
const FILE = { focalX: 0.25, focalY: 0.7512 };
const recipe = (transform: ImageTransform) => toRecipe(transform, { presets, file: FILE });
const spelled = (transform: ImageTransform) => formatRecipe(recipe(transform));

test.for([
  [{}, 'inside-auto'],
  [{ width: 400 }, 'w400inside-auto'],
  [{ width: 400, height: 300, fit: 'COVER', format: 'WEBP' }, 'w400h300coverx250y751-webp'],
  [{ width: 400, fit: 'COVER' }, 'w400inside-auto'],
  [{ width: 400, height: 300, fit: null, format: null }, 'w400h300inside-auto'],
  [{ background: '#Fa0', quality: 1 }, 'insideq1bffaa00-auto'],
  [{ preset: 'thumbnail' }, 'w200h200coverx250y751-auto'],
  [{ preset: 'card', format: 'JPEG' }, 'w480h360coverx250y751-jpeg'],
  [{ preset: 'strip' }, 'w1000h250containq60-auto'],
  [{ preset: 'strip', width: 500 }, 'w500h125containq60-auto'],
  [{ preset: 'strip', height: 500, quality: 90 }, 'w2000h500containq90-auto'],
  [{ preset: 'strip', width: 10, height: 10 }, 'w10h10containq60-auto'],
] satisfies [ImageTransform, string][])('%j is %s', ([transform, text]) => {
  expect(spelled(transform)).toBe(text);
});

test.for([
  [{ width: 0 }, 'width'],
  [{ width: 99_999 }, 'width'],
  [{ height: -1 }, 'height'],
  [{ height: 4097 }, 'height'],
  [{ quality: 0 }, 'quality'],
  [{ quality: 101 }, 'quality'],
  [{ background: 'white' }, 'background'],
  [{ background: '#ffffff00' }, 'background'],
  [{ preset: 'none' }, 'preset'],
  [{ preset: '__proto__' }, 'preset'],
  [{ preset: '' }, 'preset'],
] satisfies [ImageTransform, string][])('rejects %j with the field', ([transform, field]) => {
  expect(() => recipe(transform)).toThrow(
    expect.objectContaining({
      extensions: { code: 'BAD_USER_INPUT', field: ['transform', field] },
    }),
  );
});

const image = { width: 1000, height: 500 };
const widthsOf = (transform: ImageTransform, widths: number[] | null = null) =>
  srcSetCandidates(recipe(transform), { image, widths }).map(({ width, recipe: one }) => [
    width,
    formatRecipe(one),
  ]);

test('srcSet has each width once, with the width that is really rendered', () => {
  expect(widthsOf({})).toEqual([
    [320, 'w320inside-auto'],
    [640, 'w640inside-auto'],
    [960, 'w960inside-auto'],
    [1000, 'w1280inside-auto'],
  ]);
  expect(widthsOf({}, [500, 200, 200, 4096])).toEqual([
    [200, 'w200inside-auto'],
    [500, 'w500inside-auto'],
    [1000, 'w4096inside-auto'],
  ]);
  expect(widthsOf({ width: 100, height: 100, fit: 'COVER' }, [50, 300, 900])).toEqual([
    [50, 'w50h50coverx250y751-auto'],
    [300, 'w300h300coverx250y751-auto'],
    [500, 'w900h900coverx250y751-auto'],
  ]);
  expect(widthsOf({ height: 50 }, [50, 300])).toEqual([
    [50, 'w50h50inside-auto'],
    [100, 'w300h50inside-auto'],
  ]);
});

test.for([[[]], [[0]], [[100, 4097]], [Array.from({ length: 21 }, (_, n) => n + 1)]])(
  'rejects the widths %j',
  ([widths]) => {
    expect(() => widthsOf({}, widths)).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) }),
    );
  },
);

test.for([
  '{',
  '[]',
  '{"a":{}}',
  '{"a":{"width":0}}',
  '{"1a":{"width":1}}',
  '{"a":{"width":1,"x":1}}',
])('rejects the presets %j with an example', (json) => {
  const issues: unknown[] = [];
  const context = { addIssue: (issue: unknown) => issues.push(issue) } as never;
  readPresets(json, context);
  expect(issues).toEqual([
    { code: 'custom', message: expect.stringContaining('must be JSON such as {"card"') },
  ]);
});
