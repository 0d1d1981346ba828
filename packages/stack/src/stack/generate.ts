import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../project.ts';
import { openGeneratedCode } from './generated-code.ts';

/** Disables telemetry and automatic installation of the tools. */
const quiet = {
  TURBO_TELEMETRY_DISABLED: '1',
  CHECKPOINT_DISABLE: '1',
  pnpm_config_verify_deps_before_run: 'false',
};

interface Options {
  readonly signal?: AbortSignal | undefined;
  /** Called when there is something to generate. */
  readonly onStart?: () => void;
}

/**
 * Generates code that is not committed (GraphQL types, also of the queries of examples, Prisma clients, the GraphiQL
 * page) if it is missing or out of date. Throws with file, line and reason of errors in .graphql files, otherwise with
 * the output of the tools.
 */
export async function generate({ signal, onStart = () => {} }: Options = {}): Promise<void> {
  const code = await openGeneratedCode();
  if (code.isCurrent) return;
  onStart();
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
  await code.remember();
}

/** The tools print the reason within a page of output, without file and line of an error in a schema. */
async function explain(printed: string): Promise<string> {
  const { graphqlProblems } = await import('./graphql-problems.ts');
  const problems = await graphqlProblems();
  if (problems.length === 0) return `The code could not be generated:\n${printed}`;
  return `The .graphql files have errors:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
}
