import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { isPortFree } from '@federated-media/stack/ports';
import { projectRoot } from '@federated-media/stack/project';
import { type ModuleProcess, startModule } from '@federated-media/stack/stack/module-process';
import { allSubgraphs, settingName } from '@federated-media/stack/subgraphs';
import { type TestDatabase, createTestDatabase } from '@federated-media/stack/test-database';
import { openHaproxy } from './haproxy.ts';
import { openPgBouncer } from './pgbouncer.ts';

const COPIES = [1, 2];
const STOP_WITHIN_MS = 60_000;
const POOL_SIZE = 10;

/** One of two processes of a module. */
export interface Replica {
  /** Such as `cms-1`. */
  readonly name: string;
  readonly process: ModuleProcess;
  /** Resolves when the new process is ready. It runs the code of `version`, or that of the process before. */
  start(version?: Version): Promise<void>;
}

/** A version of the platform. */
export interface Version {
  /** The folder with its code. */
  readonly root: string;
  /** Creates a database with its migrations. */
  createDatabase(subgraph: string): Promise<TestDatabase>;
}

export const thisVersion: Version = { root: projectRoot, createDatabase: createTestDatabase };

/**
 * Two processes of the gateway and of each subgraph behind HAProxy, which is also between them. They share the folder
 * `dataDir` and the databases, which they reach through PgBouncer if `isPooled`.
 */
export async function openReplicas(
  dataDir: string,
  settings: Record<string, string>,
  { isPooled = false, version = thisVersion } = {},
) {
  await using resources = new AsyncDisposableStack();
  const modules = [...allSubgraphs.map(({ name }) => name), 'gateway'];
  const names = modules.flatMap((module) => COPIES.map((copy) => `${module}-${copy}`));
  const ports = await freePorts([...names, ...modules, 'stats']);
  const urlOf = (module: string) => `http://127.0.0.1:${ports.get(module)}`;

  const databases = new Map<string, TestDatabase>();
  for (const { name } of allSubgraphs) {
    const database = await version.createDatabase(name);
    resources.defer(() => database.drop());
    databases.set(name, database);
  }
  const databaseUrl = (name: string) => databases.get(name)?.url ?? '';
  const pooler = isPooled
    ? await openPgBouncer(new Map([...databases.keys()].map((name) => [name, databaseUrl(name)])), {
        poolSize: POOL_SIZE,
      })
    : undefined;
  resources.defer(async () => pooler?.stop());
  const databaseSettings = (name: string) =>
    pooler
      ? {
          DATABASE_POOLER: 'transaction',
          [settingName(name, 'DATABASE_URL')]: pooler.url(name),
          [settingName(name, 'DATABASE_DIRECT_URL')]: databaseUrl(name),
        }
      : { [settingName(name, 'DATABASE_URL')]: databaseUrl(name) };
  const graphqlUrls = allSubgraphs.map(({ name }) => `${name}=${urlOf(name)}/graphql`);

  function environmentOf(module: string, port: number): Record<string, string | undefined> {
    return {
      PATH: process.env['PATH'],
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      [module === 'gateway' ? 'PORT' : settingName(module, 'PORT')]: String(port),
      ...(module === 'gateway' ? { SUBGRAPHS: graphqlUrls.join() } : databaseSettings(module)),
      CMS_URL: urlOf('cms'),
      PUBLIC_MEDIA_URL: urlOf('cms'),
      ...settings,
    };
  }

  function replicaOf(name: string, port: number): Replica {
    const module = name.replace(/-\d$/, '');
    const program =
      module === 'gateway' ? 'gateway/src/main.ts' : `subgraphs/${module}/src/main.ts`;
    let { root } = version;
    const launch = () =>
      startModule(
        { name, main: join(root, program) },
        { env: environmentOf(module, port), output: 'collect', stopWithinMs: STOP_WITHIN_MS },
      );
    let current = launch();
    resources.defer(() => current.stop());
    return {
      name,
      get process() {
        return current;
      },
      async start(next) {
        root = next?.root ?? root;
        current = launch();
        await current.ready;
      },
    };
  }

  const haproxy = await openHaproxy(dataDir, ports);
  resources.defer(async () => void (await haproxy.stop()));
  const replicas = names.map((name) => replicaOf(name, ports.get(name) ?? 0));
  await Promise.all(replicas.map(({ process: { ready } }) => ready));
  await haproxy.untilUp(names);
  const opened = resources.move();
  return {
    gatewayUrl: urlOf('gateway'),
    dataDir,
    databaseUrl,
    urls: Object.fromEntries(modules.map((module) => [module, urlOf(module)])),
    replicas,
    haproxy,
    close: () => opened.disposeAsync(),
  };
}
/**
 * Below the range from which systems choose ports for outgoing connections (32768 and higher): one of these could
 * otherwise take the port of a process while it restarts.
 */
async function freePorts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>();
  let port = randomInt(10_000, 30_000);
  for (const name of names) {
    do port += 1;
    while (!(await isPortFree(port, '127.0.0.1')));
    ports.set(name, port);
  }
  return ports;
}

export type Replicas = Awaited<ReturnType<typeof openReplicas>>;
