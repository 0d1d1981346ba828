import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TreeCopy, copyTree } from './support/tree-copy.ts';

const MINUTES = 60_000;
const consumers = allSubgraphs.map(({ name }) => name).filter((name) => name !== 'cms');

let tree: TreeCopy;

beforeAll(async () => {
  tree = await copyTree();
  for (const name of consumers) {
    await tree.remove(`subgraphs/${name}`);
    await tree.remove(`prisma/${name}`);
    await tree.edit('packages/stack/src/subgraphs.ts', (text) =>
      text.replace(new RegExp(`^  \\{ name: '${name}',.*\\n`, 'm'), ''),
    );
  }
});
afterAll(() => tree.close());

test(
  'with every consumer taken out of the tree, the CMS passes its own tests',
  async () => {
    expect(await readdir(join(tree.root, 'subgraphs'))).toEqual(['cms']);
    const printed = await tree.run('node_modules/.bin/vitest', ['run', 'subgraphs/cms/']);
    expect(printed).toMatch(/Tests +\d{3,} passed/);
    expect(printed).not.toMatch(/\d failed/);
  },
  10 * MINUTES,
);

test(
  'and the graph is composed of it alone',
  async () => {
    await tree.run('node', ['scripts/compose.ts']);
    const supergraph = await tree.run('cat', ['gateway/supergraph.graphql']);
    expect(supergraph).toContain('CMS @join__graph');
    for (const name of consumers) expect(supergraph).not.toContain(name);
  },
  MINUTES,
);
