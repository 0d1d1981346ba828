import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** A reason to skip a test. The project works without git; its checks then report less. */
export const noGit =
  spawnSync('git', ['--version']).status === 0 ? null : 'git is not on this machine';

/** Runs git in `folder` without settings of users or of a hook, and returns its output. */
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
