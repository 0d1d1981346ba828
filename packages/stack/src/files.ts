import { readFile } from 'node:fs/promises';
import { hasCode } from './node-errors.ts';

/** The file's text without surrounding white space; `null` when there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}
