import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { projectRoot } from '@federated-media/stack/project';

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Files whose path matches, but for what .gitignore leaves out; works where there is no git. */
export async function sourceFiles(matching: RegExp): Promise<SourceFile[]> {
  const paths = (await sourcePaths()).filter((path) => matching.test(path));
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(projectRoot, path), 'utf8') })),
  );
}

export async function sourcePaths(): Promise<string[]> {
  const patterns = (await readFile(join(projectRoot, '.gitignore'), 'utf8')).split('\n');
  return pathsBelow('', isIgnoredBy(patterns));
}

async function pathsBelow(folder: string, isIgnored: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(join(projectRoot, folder), { withFileTypes: true });
  const paths = entries
    .filter(({ name }) => !isIgnored(name))
    .map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return pathsBelow(path, isIgnored);
      return entry.isFile() ? [path] : [];
    });
  return (await Promise.all(paths)).flat().toSorted();
}

/** Of .gitignore's syntax, what ours uses: `name/` and `*.suffix`, anywhere. Throws for more. */
export function isIgnoredBy(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(['.git']);
  const suffixes: string[] = [];
  for (const pattern of patterns.filter((line) => line !== '' && !line.startsWith('#'))) {
    if (/^[\w.-]+\/$/.test(pattern)) names.add(pattern.slice(0, -1));
    else if (/^\*[\w.-]+$/.test(pattern)) suffixes.push(pattern.slice(1));
    else throw new Error(`.gitignore: the checks can't read "${pattern}".`);
  }
  return (name) => names.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
}
