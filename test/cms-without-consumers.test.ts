import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { copyTreeWithoutConsumers } from '@federated-media/stack/tree-copy';
import { expect, onTestFinished, test } from 'vitest';

// `pnpm test` runs the CMS's own tests in such a tree, too: scripts/test.ts.
test('with every consumer taken out of the tree, the graph is composed of the CMS alone', async () => {
  const tree = await copyTreeWithoutConsumers();
  onTestFinished(() => tree.close());
  expect(await readdir(join(tree.root, 'subgraphs'))).toEqual(['cms']);
  await tree.run('node', ['scripts/compose.ts']);
  const supergraph = await tree.run('cat', ['gateway/supergraph.graphql']);
  expect(supergraph).toContain('CMS @join__graph');
  for (const { name } of allSubgraphs) {
    if (name !== 'cms') expect(supergraph).not.toContain(name);
  }
});
