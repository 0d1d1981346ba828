import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { readSdlFiles } from '../sdl-files.ts';
import type { Subgraph } from '../subgraphs.ts';

/**
 * Composes `subgraphs` and answers with the file under `dataDir` that has the result. The one of the last
 * time is kept while nothing it was made from has changed: composing is half a second of a start.
 * Throws CompositionError.
 */
export async function writeSupergraph(
  subgraphs: readonly Subgraph[],
  dataDir: string,
): Promise<string> {
  const path = join(dataDir, 'supergraph.graphql');
  const origin = `# Composed from ${await digestOf(subgraphs)}`;
  if ((await readIfExists(path))?.startsWith(`${origin}\n`)) return path;

  const { composeProject } = await import('../composition.ts');
  const sdl = await composeProject(subgraphs);
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${path}.new`, `${origin}\n${sdl}`);
  await rename(`${path}.new`, path); // one that is cut short would be kept for good
  return path;
}

/** Of all that the result depends on, the version of the composer (which its path tells) included. */
async function digestOf(subgraphs: readonly Subgraph[]): Promise<string> {
  const sources = await Promise.all(
    subgraphs.map(async ({ name, port }) => ({ name, port, files: await readSdlFiles(name) })),
  );
  const composer = createRequire(import.meta.url).resolve('@apollo/composition');
  return createHash('sha256').update(JSON.stringify({ composer, sources })).digest('hex');
}
