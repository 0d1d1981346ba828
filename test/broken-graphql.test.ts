import { afterAll, beforeAll, expect, test } from 'vitest';
import { rm } from 'node:fs/promises';
import { destroyEmbeddedPostgres } from '@federated-media/stack/embedded-postgres';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { copyTree, type TreeCopy } from '@federated-media/stack/tree-copy';

const FILE = 'subgraphs/catalog/src/product/product.graphql';

let tree: TreeCopy;
let dataDir: string;

beforeAll(async () => {
  [tree, dataDir] = await Promise.all([copyTree(), temporaryFolder()]);
  await tree.edit(FILE, (text) => text.replace('  name: String!', '  name: Strin!'));
});
afterAll(async () => {
  await destroyEmbeddedPostgres(dataDir);
  await Promise.all([tree.close(), rm(dataDir, { recursive: true, force: true })]);
});

test.each([
  ['pnpm generate', ['scripts/generate.ts']],
  ['pnpm start', ['scripts/start.ts']],
  ['pnpm dev', ['scripts/start.ts', '--watch']],
])('%s reports file, line and reason of an error in a schema', async (_command, args) => {
  const ports = ['', 'CMS_', 'CATALOG_', 'ART_GALLERY_', 'BLOG_'].map((name) => `${name}PORT=0`);
  const settings = [`DATA_DIR=${dataDir}`, 'SUBGRAPHS=', ...ports];
  await expect(tree.run('env', [...settings, 'node', ...args])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`  - ${FILE}:10: [catalog] Unknown type Strin\n`),
  });
});
