import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

test('pnpm judges packages by the Node that runs them', async () => {
  const settings = await readFile(new URL('../pnpm-workspace.yaml', import.meta.url), 'utf8');
  expect(settings).toContain(`\nnodeVersion: ${manifest.devDependencies.node}\n`);
});
