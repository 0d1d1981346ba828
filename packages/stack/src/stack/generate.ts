import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../project.ts';

/** For every tool we run: nothing is reported to anybody, and nothing is installed on the way. */
const quiet = {
  TURBO_TELEMETRY_DISABLED: '1',
  CHECKPOINT_DISABLE: '1',
  pnpm_config_verify_deps_before_run: 'false',
};

/**
 * Makes what is generated and not committed (GraphQL types, Prisma clients, GraphiQL's page) where it is
 * missing or out of date; half a second when there is nothing to do. Throws with file, line and reason of what is
 * wrong in a .graphql file, otherwise with what the tools printed.
 */
export async function generate(signal?: AbortSignal): Promise<void> {
  const bin = join(projectRoot, 'node_modules/.bin');
  const turbo = spawn(join(bin, 'turbo'), ['run', 'codegen', '--output-logs=errors-only'], {
    cwd: projectRoot,
    env: { ...process.env, ...quiet, PATH: `${bin}${delimiter}${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let printed = '';
  for (const stream of [turbo.stdout, turbo.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  turbo.once('close', resolve).once('error', reject);
  if ((await promise) !== 0) throw new Error(await explain(printed));
}

/** The tools bury the reason in a page of output, and name neither file nor line of a schema's error. */
async function explain(printed: string): Promise<string> {
  const { graphqlProblems } = await import('./graphql-problems.ts');
  const problems = await graphqlProblems();
  if (problems.length === 0) return `The code could not be generated:\n${printed}`;
  return `The .graphql files have errors:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
}
