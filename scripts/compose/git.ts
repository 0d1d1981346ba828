import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What git prints, run in `folder`; null when it fails or is not there. */
export async function git(folder: string, ...args: string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['-C', folder, ...args], { maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch {
    return null;
  }
}

/** The commit `ref` names; null when there is none here. */
export async function commitOf(folder: string, ref: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  return (await git(folder, ...args))?.trim() ?? null;
}
