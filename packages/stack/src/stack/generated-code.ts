import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { z } from 'zod';
import { projectRoot } from '../project.ts';

const TASK = 'codegen';
const PACKAGES = '{apps/*,examples/*,gateway/graphiql,packages/*,subgraphs/*}/package.json';
/** Versions of the generators. */
const LOCKFILE = 'pnpm-lock.yaml';

const Task = z.object({ inputs: z.array(z.string()), outputs: z.array(z.string()) });
const Turbo = z.object({ tasks: z.record(z.string(), Task) });
const Manifest = z.object({
  name: z.string(),
  scripts: z.record(z.string(), z.string()).default({}),
});

/**
 * Compares the files that turbo.json declares as inputs and outputs of code generation with those after the last one,
 * by size and time. Turbo compares their content and needs half a second of a start, even when nothing changed.
 */
export async function openGeneratedCode(root = projectRoot) {
  const record = join(root, 'node_modules/.cache/generated-code');
  const before = await fingerprintOf(root);
  return {
    isCurrent: before.whole === (await readIfExists(record)),
    /** Call it after the generation. */
    async remember(): Promise<void> {
      const after = await fingerprintOf(root);
      if (after.inputs !== before.inputs) return; // changed meanwhile
      await mkdir(dirname(record), { recursive: true });
      await writeFile(record, after.whole);
    },
  };
}

async function fingerprintOf(root: string) {
  const { inputs, outputs } = await declaredFiles(root);
  const [ofInputs, ofOutputs] = await Promise.all([
    digestOf(root, inputs),
    digestOf(root, outputs),
  ]);
  return { inputs: ofInputs, whole: `${ofInputs} ${ofOutputs}` };
}

async function declaredFiles(root: string) {
  const { tasks } = Turbo.parse(await readJson(join(root, 'turbo.json')));
  const inputs = new Set([LOCKFILE, 'turbo.json']);
  const outputs = new Set<string>();
  for await (const path of glob(PACKAGES, { cwd: root })) {
    const { name, scripts } = Manifest.parse(await readJson(join(root, path)));
    const task = tasks[`${name}#${TASK}`] ?? tasks[TASK];
    if (!(TASK in scripts) || !task) continue;
    // Only outputs are excluded from the inputs, and they are removed below.
    const patternsOf = (patterns: readonly string[]) =>
      patterns
        .filter((pattern) => !pattern.startsWith('!'))
        .map((pattern) =>
          pattern.startsWith('$TURBO_ROOT$/')
            ? pattern.replace('$TURBO_ROOT$/', '')
            : `${dirname(path)}/${pattern}`,
        );
    for await (const file of glob(patternsOf(task.inputs), { cwd: root })) inputs.add(file);
    for await (const file of glob(patternsOf(task.outputs), { cwd: root })) outputs.add(file);
  }
  // `src/**` of an app contains what was generated from it.
  for (const file of outputs) inputs.delete(file);
  return { inputs, outputs };
}

async function digestOf(root: string, files: ReadonlySet<string>): Promise<string> {
  const described = await Promise.all(
    [...files].toSorted().map(async (file) => {
      const found = await stat(join(root, file));
      // The time of a folder changes when code is generated in it.
      return found.isFile() ? `${file} ${found.size} ${found.mtimeMs}` : '';
    }),
  );
  return createHash('sha256').update(described.join('\n')).digest('hex');
}

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
