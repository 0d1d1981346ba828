import { join, resolve } from 'node:path';

/** The folder of the repository. */
export const projectRoot = join(import.meta.dirname, '../../..');

/** DATA_DIR, or `.data` in the repository. Relative paths start at the repository. */
export function dataDirOf(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(projectRoot, env['DATA_DIR'] || '.data');
}
