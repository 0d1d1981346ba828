import { expect, test } from 'vitest';
import { changes, found } from './testing/changes.ts';

const field = (reason: string) => `type A { x: ID, y: ID @deprecated(reason: "${reason}") }`;
const plain = 'type A { x: ID, y: ID }';
const later = field('Use x. Gone from 2027-06-01 on.');
const sooner = field('Use x. Gone from 2027-03-01 on.');

test('an earlier date of removal is breaking', () => {
  const [change] = changes(later, sooner);
  expect(change).toMatchObject({
    effect: 'breaking',
    code: 'DEPRECATION_DATE_EARLIER',
    coordinate: 'A.y',
    message: 'The promised date changed from 2027-06-01 to 2027-03-01, which is earlier.',
  });
});

test.each([
  ['enum E { A B @deprecated(reason: "REASON") }', 'E.B'],
  ['input I { x: ID @deprecated(reason: "REASON") }', 'I.x'],
  ['type A { x(y: ID @deprecated(reason: "REASON")): ID }', 'A.x(y:)'],
  ['interface A { x: ID @deprecated(reason: "REASON") }', 'A.x'],
])('on every kind of element: %s', (schema, coordinate) => {
  const of = (date: string) => schema.replace('REASON', `Gone from ${date} on.`);
  expect(found(of('2027-06-01'), of('2027-05-31'))).toEqual([
    `breaking DEPRECATION_DATE_EARLIER ${coordinate}`,
  ]);
});

test.each([
  ['a later date', sooner, later],
  ['a promise', field('Use x.'), sooner],
  ['no promise any more', sooner, field('Use x.')],
  ['not deprecated any more', sooner, plain],
  ['other words', sooner, field('Use z. Gone from 2027-03-01 on.')],
  ['another date besides', sooner, field('Use x, as of 2026-01-01. Gone from 2027-03-01 on.')],
  ['a deprecation', plain, field('Use x.')],
  ['a deprecation with a date', plain, sooner],
])('is safe: %s', (_what, before, after) => {
  expect(found(before, after)).toEqual(['safe DEPRECATION_CHANGE A.y']);
});

test.each([
  [plain, field('Gone from 2026-11-24 on.')],
  [field('Use x.'), field('Gone from 2020-01-01 on.')],
])('a first date of removal must give notice: %s', (before, after) => {
  expect(found(before, after)).toEqual(['breaking DEPRECATION_WITHOUT_NOTICE A.y']);
});

test('a new element may be deprecated with any date', () => {
  expect(found('type A { x: ID }', field('Gone from 2020-01-01 on.'))).toEqual(['safe ADDED A.y']);
});
