import { expect, test } from 'vitest';
import { isPermissive, licenceProblems } from './licences.ts';
import { productionPackages } from './production-packages.ts';

const table = `
| package | licence | used for |
| --- | --- | --- |
| \`planner\` | Elastic-2.0 | plans |
| \`vips-*\` | LGPL-3.0-or-later | images |
`;
const planner = { name: 'planner', licence: 'Elastic-2.0' };
const vips = { name: 'vips-linux', licence: 'LGPL-3.0-or-later' };

test('permissive packages need no row, others are listed by name and licence', () => {
  const packages = [{ name: 'one', licence: 'MIT' }, planner, vips];
  expect(licenceProblems(packages, table)).toEqual([]);
});

test('reports a package with a licence that is neither permissive nor listed', () => {
  for (const licence of ['AGPL-3.0-only', 'unknown', 'SEE LICENSE IN LICENSE.md']) {
    expect(licenceProblems([planner, vips, { name: 'two', licence }], table)).toEqual([
      expect.stringContaining(`two has the licence ${licence}.`),
    ]);
  }
});

test('reports a listed package that changed its licence, and its row', () => {
  const changed = { ...planner, licence: 'BUSL-1.1' };
  expect(licenceProblems([changed, vips], table)).toHaveLength(2);
});

test('reports a row without a package', () => {
  expect(licenceProblems([planner], table)).toEqual([expect.stringContaining('vips-*')]);
});

test.each([
  ['MIT', true],
  ['(MPL-2.0 OR Apache-2.0)', true],
  ['(MIT AND BSD-3-Clause)', true],
  ['Apache-2.0 AND LGPL-3.0-or-later', false],
  ['GPL-3.0-only AND (GPL-2.0-only OR MIT)', false],
  ['', false],
])('whether %s is permissive: %s', (expression, expected) => {
  expect(isPermissive(expression)).toBe(expected);
});

test('finds the packages of the gateway, the subgraphs, GraphiQL and examples, and no tools', async () => {
  const names = (await productionPackages()).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      '@apollo/query-planner',
      'sharp',
      'busboy',
      'react-dom',
      'graphiql',
      'react-router',
    ]),
  );
  expect(names).not.toContain('vitest');
});
