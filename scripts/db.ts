import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { withDevelopmentDatabase } from '@federated-media/stack/development-database';
import { diff, migrate, reset, status, type Target } from '@federated-media/migrations/migrate';
import { addMigration } from '@federated-media/migrations/folder';
import { dataDirOf } from '@federated-media/stack/project';
import { allSubgraphs, prismaFolderOf } from '@federated-media/stack/subgraphs';
import { describeStatus } from './db/status.ts';

const usage = `pnpm db <subgraph> migrate              applies pending migrations; creates the database if needed
pnpm db <subgraph> status               lists pending, edited and failed migrations, and differences of the database
pnpm db <subgraph> diff                 prints the SQL from the migrations to schema.prisma
pnpm db <subgraph> diff --name <name>   writes it as a new migration
pnpm db <subgraph> reset                drops and recreates the database

The database is the embedded one, or that of <SUBGRAPH>_DATABASE_URL; behind a pooler, of <SUBGRAPH>_DATABASE_DIRECT_URL.`;

type Command = (target: Target, name: string | undefined) => Promise<string>;

const commands: ReadonlyMap<string, Command> = new Map([
  ['migrate', async (target) => applied(await migrate(target))],
  ['reset', async (target) => applied(await reset(target))],
  ['status', async (target) => describeStatus(await status(target))],
  ['diff', async (target, name) => describeDiff(target, name)],
]);

await runCommandLine(usage, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { name: { type: 'string' } },
  });
  const [subgraph, verb, ...rest] = positionals;
  const names = allSubgraphs.map(({ name }) => name);
  if (!names.some((name) => name === subgraph) || subgraph === undefined) {
    throw new UsageError(`Missing or unknown subgraph. Subgraphs: ${names.join(', ')}.`);
  }
  const command = commands.get(verb ?? '');
  if (!command || rest.length > 0) {
    throw new UsageError(
      `Missing or unknown command for ${subgraph}. Commands: ${[...commands.keys()].join(', ')}.`,
    );
  }
  const { env } = process;
  return withDevelopmentDatabase(subgraph, { env, dataDir: dataDirOf(env) }, (url) =>
    command({ url, folder: prismaFolderOf(subgraph) }, values.name),
  );
});

async function describeDiff(target: Target, name: string | undefined): Promise<string> {
  const sql = await diff(target);
  if (sql === null) return 'The migrations match schema.prisma.';
  return name === undefined ? sql : `Written: ${await addMigration(target.folder, name, sql)}`;
}

function applied(names: readonly string[]): string {
  return names.length === 0 ? 'Nothing to apply.' : `Applied: ${names.join(', ')}`;
}
