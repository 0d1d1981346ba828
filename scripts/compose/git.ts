import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs git in `folder` and returns its output; null when it fails or is not installed. */
export async function git(folder: string, ...args: string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['-C', folder, ...args], { maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch {
    return null;
  }
}

/** The commit of `ref`; null when it does not exist here. */
export async function commitOf(folder: string, ref: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  return (await git(folder, ...args))?.trim() ?? null;
}
