import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { nodeFlags } from '@federated-media/stack/stack/node-flags';
import { projectRoot } from '@federated-media/stack/project';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import turbo from '../turbo.json' with { type: 'json' };

const textOf = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

test('pnpm checks packages against the Node version that runs them', async () => {
  const settings = await textOf('pnpm-workspace.yaml');
  expect(settings).toContain(`\nnodeVersion: ${manifest.devDependencies.node}\n`);
});

test('version managers and CI use the same major version of Node', async () => {
  const [major] = manifest.devDependencies.node.split('.');
  expect(await textOf('.node-version')).toBe(`${major}\n`);
});

test('`pnpm start` has the flags of other processes with modules', () => {
  const flags = nodeFlags.map((flag) => flag.replace(pathToFileURL(projectRoot).href, '.'));
  expect(manifest.scripts.start).toBe(`node ${flags.join(' ')} scripts/start.ts`);
});

/** Turbo would also run it in the root, where it starts turbo: an endless recursion. */
test('no script of the root has the name of a turbo task', () => {
  const tasks = new Set(Object.keys(turbo.tasks).map((name) => name.split('#').at(-1)));
  expect(Object.keys(manifest.scripts).filter((name) => tasks.has(name))).toEqual([]);
});
