/** The program of the image: its first argument selects the process. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importModule } from '@federated-media/subgraph-kit/host-modules';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { checkDatabase, migrateDatabases } from './databases.ts';
import { checkHealth, moduleOfContainer } from './health.ts';
import { type KnownModule, knownModules, root } from './modules.ts';
import { Problem } from './problem.ts';

const USAGE = `<module>                      runs one process: gateway, cms or a consumer
migrate [<subgraph> …]        applies pending migrations, without names those of all subgraphs
cms verify|sweep|purge-trash|quota|copy-storage|release-usages|forget-secrets …
                              see docs/operations.md
<consumer> reconcile [--dry-run]
purge-relay                   purges nginx when the CMS reports ended URLs
health [<module>]             exit code 0 if the module of this container is live

The settings are environment variables; see README.md.`;

const TASKS: ReadonlyMap<string, string> = new Map([['reconcile', 'reconcile']]);

const { env } = process;

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem || error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // Not only the exit code: a driver may keep the process alive.
  process.exit(1);
}

async function run([command, ...args]: readonly string[]): Promise<void> {
  if (command === '--help') return void process.stdout.write(`${USAGE}\n`);
  const modules = await knownModules();
  const named = (name: string | undefined) => moduleNamed(modules, name);
  if (command === 'migrate') {
    const wanted = args.length > 0 ? args.map(named) : modules;
    const subgraphs = wanted.filter(({ prismaFolder }) => prismaFolder !== null);
    return migrateDatabases(subgraphs, { env, print: (line) => process.stdout.write(`${line}\n`) });
  }
  if (command === 'health') {
    return checkHealth(named(args[0] ?? (await moduleOfContainer(import.meta.filename))), env);
  }
  if (command === 'purge-relay') return import('./purge-relay.ts').then(() => {});
  const module = named(command);
  return args.length === 0 ? serve(module) : runTask(module, args);
}

function moduleNamed(modules: readonly KnownModule[], name: string | undefined): KnownModule {
  const module = modules.find((known) => known.name === name);
  if (module) return module;
  const names = modules.map((known) => known.name).join(', ');
  const problem =
    name === undefined ? 'Name a process.' : `Unknown command "${name.slice(0, 40)}".`;
  throw new Problem(`${problem} Modules: ${names}.\n\n${USAGE}`);
}

async function serve(known: KnownModule): Promise<void> {
  const newer = await checkDatabase(known, env);
  const module = await importModule(known.main);
  if (newer.length > 0) {
    const logger = createLogger({ name: known.name, level: env['LOG_LEVEL'] || 'info' });
    logger.warn({ migrations: newer }, 'the database has migrations of a newer version');
  }
  await runProcess(module);
}

/** The programs of a subgraph read their arguments themselves. */
async function runTask({ name }: KnownModule, args: readonly string[]): Promise<void> {
  const program = name === 'cms' ? 'maintenance' : TASKS.get(args[0] ?? '');
  if (program === undefined || name === 'gateway') {
    throw new Problem(`${name} has no command "${(args[0] ?? '').slice(0, 40)}".\n\n${USAGE}`);
  }
  const path = join(root, 'subgraphs', name, 'src', `${program}.ts`);
  const rest = name === 'cms' ? args : args.slice(1);
  process.argv.splice(1, process.argv.length, path, ...rest);
  await import(pathToFileURL(path).href);
}
