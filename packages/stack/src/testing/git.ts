import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** For skipping: the project needs no git, its checks only say less without. */
export const noGit =
  spawnSync('git', ['--version']).status === 0 ? null : 'git is not on this machine';

/** What git prints, run in `folder` with nobody's settings, also when a hook runs the tests. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const settings = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(outside),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const { stdout } = await promisify(execFile)('git', [...settings, ...args], { cwd: folder, env });
  return stdout.trim();
}
