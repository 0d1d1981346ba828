import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { z } from 'zod';
import { projectRoot } from '../project.ts';
import { allSubgraphs, enabledSubgraphs, mainOf, UnknownSubgraphError } from '../subgraphs.ts';
import { nodeFlags } from './node-flags.ts';
import { gatewayMain, type Environment, planStack, readPlatform } from './plan.ts';

interface Options {
  readonly dataDir: string;
  readonly ports: 'default' | 'free';
}

/**
 * Checks the settings of the stack and of all its modules, before anything starts: with NODE_ENV=production there are
 * no defaults for them. The code of the modules must have been generated.
 * @throws SettingsError with all problems, each with the modules that read the setting
 */
export async function checkProductionSettings(env: Environment, options: Options): Promise<void> {
  const own = [
    ...(await problemsOf(async () => readPlatform(env))),
    ...(await problemsOf(async () => enabledSubgraphs(env['SUBGRAPHS']))),
  ];
  const problems = [
    ...(own.length > 0 ? own : await problemsOf(() => planStack(env, options.ports))),
    ...(await problemsOfModules(env, options)),
  ];
  if (problems.length > 0) throw new SettingsError([...new Set(problems)]);
}

async function problemsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    if (error instanceof UnknownSubgraphError) return [error.message];
    return []; // Not about settings. The start reports it.
  }
}

const Answer = z.object({ problems: z.array(z.string()) });

/** In a separate process, so that this one need not load the code of modules that it does not host. */
async function problemsOfModules(
  env: Environment,
  { dataDir }: Options,
): Promise<readonly string[]> {
  const mains = [...namesOf(env).map((name) => mainOf(name)), gatewayMain];
  const program = join(projectRoot, 'packages/subgraph-kit/src/check-settings.ts');
  const child = fork(program, mains, {
    env: { PATH: process.env['PATH'], ...env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: nodeFlags,
  });
  let answer: unknown;
  child.on('message', (message) => (answer = message));
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  }
  await once(child, 'close');
  const given = Answer.safeParse(answer);
  if (given.success) return given.data.problems;
  throw new Error(`The settings could not be checked:\n${printed}`);
}

/** All, if SUBGRAPHS is invalid. */
function namesOf(env: Environment): readonly string[] {
  try {
    return enabledSubgraphs(env['SUBGRAPHS'])
      .filter(({ url }) => url === null)
      .map(({ name }) => name);
  } catch {
    return allSubgraphs.map(({ name }) => name);
  }
}
