import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '@federated-media/stack/command-line';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { withImporter } from './lockfile.ts';
import { type Names, named, namesOf } from './names.ts';

const TEMPLATE = join(import.meta.dirname, 'template');
const TABLES = 'packages/media-consumer/prisma';
const ENDING = '.template';
const SUPERGRAPH = 'gateway/supergraph.graphql';

export interface NewConsumer {
  readonly name: string;
  readonly entity: string;
  /** The project's folder. */
  readonly root: string;
  readonly now: Date;
}

export interface MadeConsumer {
  readonly names: Names;
  /** Removes everything that was written, after a later failure. */
  undo(): Promise<void>;
}

/**
 * Writes a consumer: its two folders, its test, and one line each in the list of subgraphs, the commands and
 * the lockfile. It writes all of this or, after a failure, nothing.
 * @throws UsageError for names that are invalid or in use
 */
export async function makeConsumer({
  name,
  entity,
  root,
  now,
}: NewConsumer): Promise<MadeConsumer> {
  const names = namesOf(name, entity);
  await rejectNamesInUse(names, root);
  const port = Math.max(...allSubgraphs.map((subgraph) => subgraph.port)) + 1;
  const migration = `prisma/${name}/migrations/${stampOf(now)}_init/migration.sql`;
  const sqlOf = async (file: string) =>
    (await readFile(join(root, TABLES, file), 'utf8')).trimEnd();
  const [tables, labels] = [await sqlOf('tables.sql'), await sqlOf('labels.sql')];

  const files = new Map<string, string>();
  for (const path of await readdir(TEMPLATE, { recursive: true })) {
    if (!path.endsWith(ENDING)) continue;
    const text = await readFile(join(TEMPLATE, path), 'utf8');
    const filled = named(text, { ...names, port: `${port}`, tables, labels });
    const target = named(path.slice(0, -ENDING.length), names);
    files.set(target.endsWith('migration.sql') ? migration : target, filled);
  }
  for (const [path, source] of [
    [`prisma/${name}/media-consumer.prisma`, `${TABLES}/tables.prisma`],
    [`prisma/${name}/migrations/migration_lock.toml`, 'prisma/cms/migrations/migration_lock.toml'],
  ] as const) {
    files.set(path, await readFile(join(root, source), 'utf8'));
  }
  const edits: readonly (readonly [string, (text: string) => string])[] = [
    ['packages/stack/src/subgraphs.ts', (text) => withSubgraph(text, name, port)],
    ['package.json', (text) => withCommand(text, name)],
    ['pnpm-lock.yaml', (text) => withImporter(text, name)],
  ];
  const before = new Map<string, string>();
  for (const path of [...edits.map(([path]) => path), SUPERGRAPH]) {
    before.set(path, await readFile(join(root, path), 'utf8'));
  }
  for (const [path, edit] of edits) files.set(path, edit(before.get(path) ?? ''));

  const undo = async () => {
    for (const path of pathsOf(name)) await rm(join(root, path), { recursive: true, force: true });
    for (const [path, text] of before) await writeFile(join(root, path), text);
  };
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { names, undo };
}

async function rejectNamesInUse({ name = '', Entity = '' }: Names, root: string) {
  if (allSubgraphs.some((subgraph) => subgraph.name === name)) {
    throw new UsageError(`The subgraph "${name}" already exists.`);
  }
  const graph = await readFile(join(root, SUPERGRAPH), 'utf8');
  for (const type of [Entity, `${Entity}Media`]) {
    if (new RegExp(`^(type|enum|input|scalar|interface|union) ${type}\\b`, 'm').test(graph)) {
      throw new UsageError(`The type "${type}" already exists in the graph.`);
    }
  }
  if ((await readFile(join(root, 'package.json'), 'utf8')).includes(`    "${name}": `)) {
    throw new UsageError(`The command "${name}" already exists.`);
  }
  for (const path of pathsOf(name)) {
    if (existsSync(join(root, path))) throw new UsageError(`${path} already exists.`);
  }
}

const pathsOf = (name: string) => [`subgraphs/${name}`, `prisma/${name}`, `test/${name}.test.ts`];

const withSubgraph = (text: string, name: string, port: number): string =>
  replaced(
    text,
    '] as const satisfies readonly Subgraph[];',
    (end) => `  { name: '${name}', port: ${port} },\n${end}`,
  );

const withCommand = (text: string, name: string): string =>
  replaced(
    text,
    '    "dev:token":',
    (next) => `    "${name}": "node scripts/consumer.ts ${name}",\n${next}`,
  );

function replaced(text: string, where: string, change: (found: string) => string): string {
  if (!text.includes(where)) throw new Error(`Found no "${where.trim()}" to edit.`);
  return text.replace(where, change(where));
}

const stampOf = (now: Date) => now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
