import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import turbo from '../turbo.json' with { type: 'json' };

const textOf = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

test('pnpm judges packages by the Node that runs them', async () => {
  const settings = await textOf('pnpm-workspace.yaml');
  expect(settings).toContain(`\nnodeVersion: ${manifest.devDependencies.node}\n`);
});

test('version managers and CI take the major version that runs everything', async () => {
  const [major] = manifest.devDependencies.node.split('.');
  expect(await textOf('.node-version')).toBe(`${major}\n`);
});

/** Turbo runs it in the root as well, where it starts turbo: processes without end. */
test('no script of the root is called as a task of turbo', () => {
  const tasks = new Set(Object.keys(turbo.tasks).map((name) => name.split('#').at(-1)));
  expect(Object.keys(manifest.scripts).filter((name) => tasks.has(name))).toEqual([]);
});
