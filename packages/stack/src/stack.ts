import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { acquireLock, LockedError } from './lock-file.ts';
import { migrateAll, openDatabases, type Databases } from './stack/databases.ts';
import { withoutEmpty } from './stack/environment.ts';
import { generate } from './stack/generate.ts';
import { endLeftovers } from './stack/leftovers.ts';
import type { Output } from './stack/module-process.ts';
import { signalProcess } from './process-table.ts';
import { planStack, type Environment, type Plan } from './stack/plan.ts';
import { runModules, type Modules } from './stack/run-modules.ts';
import type { SupervisedModule } from './stack/supervised-module.ts';
import { writeSupergraph } from './stack/supergraph.ts';

export interface StackOptions {
  /** For the embedded database, files and development secrets. Absolute. One stack at a time uses it. */
  readonly dataDir: string;
  /** `default`: the documented ones, unless `env` says otherwise. `free`: any. */
  readonly ports: 'default' | 'free';
  /** Settings. Of our own environment the modules get nothing but PATH and the like. */
  readonly env?: Environment;
  /** As the setting SUBGRAPHS, which it overrides. Default: all. */
  readonly subgraphs?: readonly string[];
  /** Makes what is generated first. Default: it is there. */
  readonly generate?: boolean;
  /** Restarts what changes. */
  readonly watch?: boolean;
  /** Where the modules' output goes: to the terminal, or to `lines()`. */
  readonly output: Output;
  /** False trades the embedded database's safety for speed. */
  readonly durable?: boolean;
  /** Gives up starting; a running stack is stopped by `stop()`. */
  readonly signal?: AbortSignal | undefined;
  /** Told of progress, a line at a time. */
  readonly report?: (line: string) => void;
}

export interface Stack {
  readonly gatewayUrl: string;
  /** Of the subgraphs that run here or elsewhere, by name; GraphQL is at /graphql below. */
  readonly urls: Readonly<Record<string, string>>;
  /** The embedded server. Throws when every database is given by its URL, so that there is none. */
  readonly postgres: EmbeddedPostgres;
  readonly processes: readonly Pick<SupervisedModule, 'name' | 'pid' | 'lines' | 'restart'>[];
  /** Resolves with which and why when a process ends that nobody asked to. The others still run. */
  readonly failed: Promise<Error>;
  /** Stops everything in reverse order. Idempotent. */
  stop(): Promise<void>;
  /** Kills every module at once; the embedded server shuts down by itself. */
  kill(): void;
}

/** Another stack uses this DATA_DIR. */
export class StackRunningError extends Error {
  override readonly name = 'StackRunningError';
}

/**
 * Starts databases, subgraphs and gateway, each module a process, and resolves when all are ready. What a
 * killed stack left running is taken over or ended first. When anything fails, nothing is left running.
 * Throws SettingsError, UnknownSubgraphError, BusyPortError, StackRunningError, CompositionError, or an
 * Error with the reason.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, durable = true, signal, report = () => {} } = options;
  const env = withoutEmpty({
    ...options.env,
    ...(options.subgraphs && { SUBGRAPHS: options.subgraphs.join() }),
  });
  await using starting = new AsyncDisposableStack();
  await lockDataDir(dataDir, starting);
  const plan = await planStack(env, options.ports);

  const built = build(plan, options);
  built.catch(() => {}); // awaited below, when there is nothing left to start that would be left behind
  const databases = await prepareDatabases(plan, { env, dataDir, durable, report }, starting);
  const supergraphPath = await built;
  signal?.throwIfAborted();
  report(`graph composed of ${plan.enabled.map(({ name }) => name).join(', ')}`);

  const modules = await runModules(
    { ...options, plan, env, report, supergraphPath, databaseUrls: databases.urls },
    starting,
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

/** Beside the databases: neither needs the other. Answers with the supergraph's file. */
async function build(plan: Plan, options: StackOptions): Promise<string> {
  const [supergraphPath] = await Promise.all([
    writeSupergraph(plan.enabled, options.dataDir),
    options.generate ? generate(options.signal) : undefined,
  ]);
  return supergraphPath;
}

interface DatabaseOptions {
  readonly env: Environment;
  readonly dataDir: string;
  readonly durable: boolean;
  readonly report: (line: string) => void;
}

async function prepareDatabases(
  { subgraphs }: Plan,
  { report, ...options }: DatabaseOptions,
  resources: AsyncDisposableStack,
): Promise<Databases> {
  const logger = createLogger({ name: 'start', level: options.env['LOG_LEVEL'] ?? 'info' });
  const databases = await openDatabases(
    subgraphs.map(({ name }) => name),
    { ...options, logger },
  );
  const { postgres, urls } = databases;
  if (postgres) {
    resources.defer(() => postgres.stop());
    report(postgres.adopted ? 'PostgreSQL was already running' : 'PostgreSQL started');
  }
  const applied = await migrateAll(urls);
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
  const { postgres } = databases;
  return {
    gatewayUrl: plan.gateway.url,
    urls: Object.fromEntries(plan.urls),
    processes: modules.all,
    failed: modules.failed,
    get postgres() {
      if (postgres) return postgres;
      throw new Error('Every database is given by its URL: there is no embedded server.');
    },
    stop: () => (stopped ??= resources.disposeAsync()),
    kill() {
      for (const module of modules.all) module.kill();
      if (postgres) signalProcess(postgres.pid, 'SIGINT');
    },
  };
}
