import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { acquireLock, LockedError } from './lock-file.ts';
import { migrateAll, openDatabases, type Databases } from './stack/databases.ts';
import { withoutEmpty } from './stack/environment.ts';
import { generate } from './stack/generate.ts';
import { loadHere } from './stack/host-here.ts';
import { checkProductionSettings } from './stack/check-settings.ts';
import { endLeftovers } from './stack/leftovers.ts';
import type { Output } from './stack/module-process.ts';
import { signalProcess } from './process-table.ts';
import { createProgress, type Progress } from './progress.ts';
import { planStack, type Environment, type Plan } from './stack/plan.ts';
import type { Modules } from './stack/modules.ts';
import { runModules } from './stack/run-modules.ts';
import type { SupervisedModule } from './stack/supervised-module.ts';
import { writeSupergraph } from './stack/supergraph.ts';

export interface StackOptions {
  /**
   * The folder of the embedded database, files and development secrets. Absolute. Only one stack can use it at a
   * time.
   */
  readonly dataDir: string;
  /** `default`: the documented ports, unless `env` sets others. `free`: any free ports. */
  readonly ports: 'default' | 'free';
  /** Settings. From the environment of this process, the modules receive only PATH and similar variables. */
  readonly env?: Environment;
  /** Overrides the setting SUBGRAPHS. Default: all. */
  readonly subgraphs?: readonly string[];
  /** Overrides the setting PROCESSES: all modules in one process, or each in its own. */
  readonly processes?: 'one' | 'many';
  /** Modules that share one process run in this one, instead of a child process. Their output is its output. */
  readonly hostHere?: boolean;
  /** Generates code before the start. Default: it exists. */
  readonly generate?: boolean;
  /** Restarts modules when their code changes; each runs in its own process. */
  readonly watch?: boolean;
  /** Where the output of the modules goes: to the terminal, or to `lines()`. */
  readonly output: Output;
  /** False makes the embedded database faster; it can lose data. */
  readonly durable?: boolean;
  /** Aborts the start; `stop()` stops a running stack. */
  readonly signal?: AbortSignal | undefined;
  /** Receives progress messages, one line at a time. */
  readonly report?: (line: string) => void;
}

export interface Stack {
  readonly gatewayUrl: string;
  /** The URLs of the subgraphs, by name; GraphQL is served at /graphql. */
  readonly urls: Readonly<Record<string, string>>;
  /** The embedded server. Throws when all databases are set by their URL, so that no server runs. */
  readonly postgres: EmbeddedPostgres;
  readonly processes: readonly Pick<SupervisedModule, 'name' | 'pid' | 'lines' | 'restart'>[];
  /** Resolves with an error when a process ends unexpectedly. The others keep running. */
  readonly failed: Promise<Error>;
  /** Stops everything in reverse order. Idempotent. */
  stop(): Promise<void>;
  /** Kills all modules at once; the embedded server shuts down. */
  kill(): void;
}

/** Another stack uses this DATA_DIR. */
export class StackRunningError extends Error {
  override readonly name = 'StackRunningError';
}

/**
 * Starts databases, subgraphs and gateway, in one process or each in its own, and resolves when all are ready.
 * Processes that a killed stack left running are used again or ended first. When the start fails, nothing keeps
 * running. With NODE_ENV=production all settings are checked before anything starts, and no database is embedded.
 * Throws SettingsError, UnknownSubgraphError, BusyPortError, StackRunningError, CompositionError, or an
 * Error with the reason.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, durable = true, signal } = options;
  const progress = createProgress(options.report ?? (() => {}));
  const { report } = progress;
  const env = withoutEmpty({
    ...options.env,
    ...(options.subgraphs && { SUBGRAPHS: options.subgraphs.join() }),
    ...(options.processes && { PROCESSES: options.processes }),
    ...(options.watch && { PROCESSES: 'many' }),
  });
  await using starting = new AsyncDisposableStack();
  await lockDataDir(dataDir, starting);
  if (env['NODE_ENV'] === 'production') {
    if (options.generate) await generateCode(options, progress);
    await checkProductionSettings(env, options);
  }
  const plan = await planStack(env, options.ports);

  const built = build(plan, options, progress);
  built.catch(() => {}); // awaited below, after all that would have to be stopped has started
  const loaded = options.hostHere ? built.then(() => loadHere(plan)) : undefined;
  loaded?.catch(() => {}); // awaited below
  const databases = await prepareDatabases(plan, { env, dataDir, durable, progress }, starting);
  const supergraphPath = await built;
  signal?.throwIfAborted();
  report(`graph composed of ${plan.enabled.map(({ name }) => name).join(', ')}`);

  report(`starting ${[...plan.subgraphs, plan.gateway].map(({ name }) => name).join(', ')}`);
  const modules = await progress.during(
    'starting the modules',
    runModules(
      { ...options, plan, env, report, loaded, supergraphPath, databaseUrls: databases.urls },
      starting,
    ),
  );
  return runningStack(plan, { modules, databases, resources: starting.move() });
}

async function lockDataDir(dataDir: string, resources: AsyncDisposableStack): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  try {
    const lock = await acquireLock(join(dataDir, 'stack.lock'));
    resources.defer(() => lock.release());
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new StackRunningError(
      `Already running as process ${error.ownerPid}. Stop it first, or use another DATA_DIR.`,
    );
  }
  await endLeftovers(dataDir);
}

/** Runs while the databases start, because neither needs the other. Returns the path of the supergraph. */
async function build(plan: Plan, options: StackOptions, progress: Progress): Promise<string> {
  const [supergraphPath] = await Promise.all([
    progress.during('composing the graph', writeSupergraph(plan.enabled, options.dataDir)),
    options.generate ? generateCode(options, progress) : undefined,
  ]);
  return supergraphPath;
}

const generateCode = ({ signal }: StackOptions, { report, during }: Progress) =>
  during('generating code', generate({ signal, onStart: () => report('generating code') }));

interface DatabaseOptions {
  readonly env: Environment;
  readonly dataDir: string;
  readonly durable: boolean;
  readonly progress: Progress;
}

async function prepareDatabases(
  { subgraphs }: Plan,
  { progress, ...options }: DatabaseOptions,
  resources: AsyncDisposableStack,
): Promise<Databases> {
  const logger = createLogger({ name: 'start', level: options.env['LOG_LEVEL'] ?? 'info' });
  const { report, during } = progress;
  const names = subgraphs.map(({ name }) => name);
  const databases = await during(
    'starting PostgreSQL',
    openDatabases(names, { ...options, logger, report }),
  );
  const { postgres, directUrls } = databases;
  if (postgres) {
    // Its session is separate: neither Ctrl-C nor a crash of this process ends it.
    const endToo = () => signalProcess(postgres.pid, 'SIGINT');
    process.once('exit', endToo);
    resources.defer(() => void process.off('exit', endToo));
    resources.defer(() => postgres.stop());
    report(postgres.adopted ? 'PostgreSQL was already running' : 'PostgreSQL started');
  }
  const applied = await during('migrating the databases', migrateAll(directUrls));
  report(applied.length > 0 ? `databases migrated: ${applied.join(', ')}` : 'databases up to date');
  return databases;
}

interface Parts {
  readonly modules: Modules;
  readonly databases: Databases;
  readonly resources: AsyncDisposableStack;
}

function runningStack(plan: Plan, { modules, databases, resources }: Parts): Stack {
  let stopped: Promise<void> | undefined;
  let isDown = false;
  const { postgres } = databases;
  return {
    gatewayUrl: plan.gateway.url,
    urls: Object.fromEntries(plan.urls),
    processes: modules.all,
    failed: modules.failed,
    get postgres() {
      if (postgres) return postgres;
      throw new Error('There is no embedded server, because all databases are set by their URL.');
    },
    stop: () => (stopped ??= resources.disposeAsync().finally(() => (isDown = true))),
    kill() {
      if (isDown) return;
      for (const module of modules.all) module.kill();
      if (postgres) signalProcess(postgres.pid, 'SIGINT');
    },
  };
}
