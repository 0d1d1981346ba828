import { expect, test } from 'vitest';
import { findingOfChange } from './findings.ts';

const places = ['subgraphs/blog/src/a.graphql', 'subgraphs/cms/src/a.graphql'].map((file) => ({
  file,
  line: 1,
}));
const change = { effect: 'dangerous', code: 'A', coordinate: 'B', message: 'C' } as const;

test('a change of one subgraph is at its own places, unless it is written nowhere there any more', () => {
  const filesOf = (subgraph?: string) =>
    findingOfChange(subgraph === undefined ? change : { ...change, subgraph }, () => places).places;
  expect(filesOf('cms')).toEqual([places[1]]);
  expect(filesOf('gone')).toEqual(places);
  expect(filesOf()).toEqual(places);
});

test.each([
  ['FIELD_REMOVED', /^Clients may rely on it: deprecate it/],
  ['ACCESS_TIGHTENED', /^Tokens of clients may lack the scope/],
  ['DEPRECATION_DATE_EARLIER', /^Clients may rely on the date/],
])('a break says what to do about it: %s', (code, advice) => {
  const { severity, fix } = findingOfChange({ ...change, effect: 'breaking', code }, () => places);
  expect(severity).toBe('error');
  expect(fix).toMatch(advice);
  expect(fix).toContain(`{"code":"${code}","coordinate":"B","reason":"…"}`);
});
