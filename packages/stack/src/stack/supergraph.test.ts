import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { composeProject } from '../composition.ts';
import { allSubgraphs } from '../subgraphs.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeSupergraph } from './supergraph.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await temporaryFolder();
});

afterEach(() => rm(dataDir, { recursive: true }));

test('the supergraph is what the subgraphs compose to', async () => {
  const sdl = await readFile(await writeSupergraph(allSubgraphs, dataDir), 'utf8');
  expect(sdl).toMatch(/^# Composed from \w{64}\n/);
  expect(sdl.replace(/^#.*\n/, '')).toBe(await composeProject(allSubgraphs));
});

test('the supergraph is reused while nothing changes, and composed again for other subgraphs', async () => {
  const path = await writeSupergraph(allSubgraphs, dataDir);
  const [origin] = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, `${origin}\nkept`);
  await writeSupergraph(allSubgraphs, dataDir);
  expect(await readFile(path, 'utf8')).toContain('kept');

  await writeSupergraph(
    allSubgraphs.filter(({ name }) => name === 'cms'),
    dataDir,
  );
  const sdl = await readFile(path, 'utf8');
  expect(sdl).toContain('name: "cms"');
  expect(sdl).not.toMatch(/\nkept|name: "catalog"/);
});
