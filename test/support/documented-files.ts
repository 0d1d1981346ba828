import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DocumentedFile {
  readonly name: string;
  readonly text: string;
}

/** The code blocks of a document that name a file: a fence such as "```ts main.ts". */
export const readFiles = (markdown: string): DocumentedFile[] =>
  markdown
    .matchAll(/^```\w+ (?<name>\S+)\n(?<text>.*?)^```$/gmsu)
    .map(({ groups }) => ({ name: groups?.['name'] ?? '', text: groups?.['text'] ?? '' }))
    .toArray();

/**
 * Writes the files into a new folder `name` of `test`, from where their imports resolve, with each text of `aliases`
 * replaced. Returns the folder and how to remove it.
 */
export async function writeFiles(
  files: readonly DocumentedFile[],
  { name, aliases }: { name: string; aliases: ReadonlyMap<string, string> },
) {
  const folder = join(import.meta.dirname, '..', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    const text = [...aliases].reduce((all, [from, to]) => all.replaceAll(from, to), file.text);
    await writeFile(join(folder, file.name), text);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
