import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import { outcomeOf, type Check } from './check.ts';
import { productionPackages, type LicensedPackage } from './production-packages.ts';

/** These licences only require to keep their notices. docs/licences.md lists all others with their requirements. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
]);

const document = 'docs/licences.md';

/** Packages whose licence is neither permissive nor listed in `table`, and rows of `table` without a package. */
export function licenceProblems(packages: readonly LicensedPackage[], table: string): string[] {
  const rows = [...table.matchAll(/^\| `([^`]+)` \| ([^|]+?) \|/gm)].map(
    ([, name = '', licence = '']) => ({ name, licence }),
  );
  const special = packages.filter(({ licence }) => !isPermissive(licence));
  const unlisted = special.filter((one) => !rows.some((row) => isListedAs(one, row)));
  const unused = rows.filter((row) => !special.some((one) => isListedAs(one, row)));
  return [
    ...unlisted.map(
      ({ name, licence }) =>
        `${name} has the licence ${licence}. Use another package, or list it in ${document} with its requirements.`,
    ),
    ...unused.map(
      ({ name, licence }) =>
        `${document} lists ${name} (${licence}), but no production dependency has that licence. Remove the row.`,
    ),
  ];
}

/** Evaluates an SPDX expression of OR and AND; nested parentheses count as not permissive. */
export function isPermissive(expression: string): boolean {
  const inner = expression.replace(/^\(([^()]*)\)$/, '$1');
  return inner
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => permissive.has(licence)));
}

/** `*` at the end of a name: one package per platform. */
function isListedAs({ name, licence }: LicensedPackage, row: LicensedPackage): boolean {
  if (licence !== row.licence) return false;
  return row.name.endsWith('*') ? name.startsWith(row.name.slice(0, -1)) : name === row.name;
}

export const licences: Check = {
  name: 'licences of dependencies',
  async run() {
    const packages = await productionPackages();
    if (packages.length < 100) {
      return {
        passed: false,
        report: `Found only ${packages.length} packages. Install the dependencies first.`,
      };
    }
    const table = await readFile(join(projectRoot, document), 'utf8');
    return outcomeOf(licenceProblems(packages, table));
  },
};
