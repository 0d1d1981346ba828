import { cp, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TreeCopy, copyTree } from '@federated-media/stack/tree-copy';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MINUTES = 60_000;
/** Such as nobody will have. */
const [NAME, ENTITY] = ['curios', 'RareCurio'];
const make = (...args: string[]) => tree.run('node', ['scripts/new-consumer.ts', ...args]);

let tree: TreeCopy;

beforeAll(async () => {
  tree = await copyTree();
});
afterAll(() => tree.close());

// In this order: what is refused must leave the tree as it is for what is made.

test.each([
  [[], 'Missing arguments'],
  [[NAME], 'Missing arguments'],
  [['Curios', ENTITY], 'Invalid subgraph name'],
  [['../curios', ENTITY], 'Invalid subgraph name'],
  [[NAME, 'curio'], 'Invalid type name'],
  [[NAME, 'Curio"; DROP'], 'Invalid type name'],
  [['catalog', ENTITY], 'The subgraph "catalog" already exists'],
  [['tour', ENTITY], 'test/tour.test.ts already exists'],
  [[NAME, 'Error'], 'Invalid type name'],
  [[NAME, 'AVeryLongNameForACurio'], 'Invalid type name'],
  [['test', ENTITY], 'Invalid subgraph name "test": it is reserved.'],
  [[NAME, 'User'], 'Invalid type name "User": it is reserved.'],
  [[NAME, 'Product'], 'The type "Product" already exists in the graph'],
  [[NAME, ENTITY, '--force'], 'pnpm new:consumer'],
])('%j is refused, and nothing is written', async (args, reason) => {
  await expect(make(...args)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(reason),
  });
  expect(await readdir(join(tree.root, 'subgraphs'))).not.toContain(NAME);
});

test(
  'what is made passes every check, its own tests and the contract of associations, as made',
  async () => {
    const before = await readFile(join(tree.root, 'packages/stack/src/subgraphs.ts'), 'utf8');
    await make(NAME, ENTITY, '--no-install');
    const after = await readFile(join(tree.root, 'packages/stack/src/subgraphs.ts'), 'utf8');
    expect(after.split('\n')).toHaveLength(before.split('\n').length + 1);

    // What installing would do: its dependencies are those of the art gallery.
    const linksOf = (name: string) => join(tree.root, 'subgraphs', name, 'node_modules');
    await cp(linksOf('art-gallery'), linksOf(NAME), {
      recursive: true,
      verbatimSymlinks: true,
    });
    await tree.run('node', ['scripts/compose.ts']);
    // It generates code first, as `pnpm generate` does.
    expect(await tree.run('node', ['scripts/check.ts'])).toMatch(/\d+ passed, 0 failed/);

    const tests = [NAME, 'media-consumer/src/tables', 'stack/src/migrations.test'];
    const printed = await tree.run('node_modules/.bin/vitest', ['run', ...tests]);
    expect(printed).toMatch(`test/${NAME}.test.ts`);
    expect(printed).toMatch(/rare-curio-media\.test\.ts/);
    expect(printed).not.toMatch(/\d failed/);
  },
  10 * MINUTES,
);
