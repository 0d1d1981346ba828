import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../project.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { graphqlProblems } from './graphql-problems.ts';

const PRODUCT = 'subgraphs/catalog/src/product/product.graphql';
const CLAIM = 'packages/media-consumer/src/cms/claim.graphql';

let root: string;

beforeEach(async () => {
  root = await temporaryFolder();
  for (const folder of ['subgraphs', 'packages/media-consumer/src/cms']) {
    await cp(join(projectRoot, folder), join(root, folder), {
      recursive: true,
      filter: (path) => !/node_modules|\.ts$/.test(path),
    });
  }
});

afterEach(() => rm(root, { recursive: true }));

test('the files of the repository have no errors', async () => {
  expect(await graphqlProblems(root)).toEqual([]);
});

test.for([
  [PRODUCT, '  sku: String!', '  sku String!', 8, 'Syntax Error: Expected ":", found Name'],
  [PRODUCT, '  name: String!', '  name: Strin!', 10, 'Unknown type Strin'],
  [CLAIM, '      id\n', '      idd\n', 4, 'Cannot query field "idd" on type "MediaFile".'],
  [CLAIM, 'mediaFiles {', 'mediaFiles (', 5, 'Syntax Error: Expected ":", found Name'],
] as const)('in %s, %j changed to %j is reported at line %i', async (change) => {
  const [path, right, wrong, line, reason] = change;
  const text = await readFile(join(root, path), 'utf8');
  await writeFile(join(root, path), text.replace(right, wrong));
  const problems = await graphqlProblems(root);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(`${path}:${line}: `);
  expect(problems[0]).toContain(reason);
});
