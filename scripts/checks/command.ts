import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { projectRoot } from '@federated-media/stack/project';

import type { Outcome } from './check.ts';

const binaries = ['node_modules/.bin', 'scripts/node_modules/.bin'].map((folder) =>
  join(projectRoot, folder),
);

/** The tools of the repository take precedence over those of the machine. */
export const toolEnvironment = {
  ...process.env,
  CHECKPOINT_DISABLE: '1',
  // Tests that run commands of the documentation must not wait for the registry: npx would ask it each time.
  npm_config_prefer_offline: 'true',
  // Tests and checks start the same programs many times.
  NODE_COMPILE_CACHE: join(projectRoot, 'node_modules/.cache/node-compile-cache'),
  // Copies of the tree find what was generated from the same inputs.
  TURBO_CACHE_DIR: join(projectRoot, '.turbo/cache'),
  PATH: [...binaries, process.env['PATH']].join(delimiter),
};

interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program. Passes when it exits with 0; the report is its output. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd = projectRoot, environment = {} }: CommandOptions = {},
): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd,
    env: { ...toolEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [code, stdout, stderr] = await Promise.all([
    exitOf(child),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { passed: code === 0, report: `${stdout}${stderr}` };
}

/** The exit code, or null after a signal. Rejects when the program cannot be started. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
