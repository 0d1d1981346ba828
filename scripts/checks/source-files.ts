import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { projectRoot } from '@federated-media/stack/project';

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Reads the files whose path matches, except those in .gitignore. Works without git. */
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

/** Supports the syntax that our .gitignore uses: `name/` and `*.suffix`, anywhere. Throws for anything else. */
export function isIgnoredBy(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(['.git']);
  const suffixes: string[] = [];
  for (const pattern of patterns.filter((line) => line !== '' && !line.startsWith('#'))) {
    if (/^[\w.-]+\/$/.test(pattern)) names.add(pattern.slice(0, -1));
    else if (/^\*[\w.-]+$/.test(pattern)) suffixes.push(pattern.slice(1));
    else throw new Error(`.gitignore: the checks cannot parse "${pattern}".`);
  }
  return (name) => names.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
}
