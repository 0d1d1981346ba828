import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './project.ts';

export interface SdlFile {
  /** Relative to the subgraph's `src`. */
  readonly path: string;
  readonly text: string;
}

/** Reads the .graphql files of a subgraph, in the order of their names. */
export async function readSdlFiles(subgraph: string, root = projectRoot): Promise<SdlFile[]> {
  const folder = join(root, 'subgraphs', subgraph, 'src');
  const paths = await Array.fromAsync(glob('**/*.graphql', { cwd: folder }));
  return Promise.all(
    paths
      .toSorted()
      .map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })),
  );
}
