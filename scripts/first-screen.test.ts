import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { projectRoot } from '@federated-media/stack/project';
import { expect, test } from 'vitest';

const MAX_BYTES = 300_000;
const dist = join(projectRoot, 'apps/media-library/dist');

test('the first screen of the media library loads at most 300 kB of JavaScript', async () => {
  const scripts = await firstScripts();
  const sizes = await Promise.all(
    [...scripts.values()].map(async (code) => (await promisify(gzip)(code)).length),
  );
  expect(scripts.size).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
});

/** The scripts that the page loads, and those that they import before they run. */
async function firstScripts(): Promise<ReadonlyMap<string, string>> {
  const page = await readFile(join(dist, 'index.html'), 'utf8');
  const waiting = Array.from(
    page.matchAll(/(?:src|href)="\/library\/assets\/([^"]+\.js)"/g),
    ([, name = '']) => name,
  );
  const found = new Map<string, string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const code = await readFile(join(dist, 'assets', name), 'utf8');
    found.set(name, code);
    // `import(…)` is not matched: it loads a part when it is needed.
    for (const [, imported = ''] of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      waiting.push(imported);
  }
  return found;
}
