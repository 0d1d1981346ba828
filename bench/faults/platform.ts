import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@federated-media/stack/embedded-postgres';
import { processState } from '@federated-media/stack/process-table';
import { startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { type TcpProxy, openTcpProxy } from './tcp-proxy.ts';

const LAST_LINES = 20;

/** The gateway, the CMS and the catalog, each in its process, with proxies in front of the database and the CMS. */
export async function openPlatform() {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await openEmbeddedPostgres({
    dataDir: join(folder, 'database'),
    logger: createLogger({ name: 'faults', level: 'warn' }),
  });
  resources.defer(() => postgres.stop());

  const postgresPort = Number(new URL(postgres.url('cms')).port);
  const database = await openTcpProxy(() => postgresPort);
  resources.defer(() => database.close());
  let cmsPort = 0;
  const cms = await openTcpProxy(() => cmsPort);
  resources.defer(() => cms.close());

  const dataDir = join(folder, 'data');
  const diskFault = join(folder, 'disk-fault');
  const stack = await startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    generate: true,
    processes: 'many',
    subgraphs: ['cms', 'catalog'],
    env: {
      LOG_LEVEL: 'error',
      CMS_DATABASE_URL: through(database, postgres.url('cms')),
      CATALOG_DATABASE_URL: through(database, postgres.url('catalog')),
      CMS_URL: `http://127.0.0.1:${cms.port}`,
      CMS_TIMEOUT_MS: '2000',
      NODE_OPTIONS: `--import=${new URL('failing-disk.ts', import.meta.url).href}`,
      BENCH_DISK_FAULT: diskFault,
      SHUTDOWN_GRACE_MS: '2000',
    },
  });
  resources.defer(() => stack.stop());
  cmsPort = Number(new URL(stack.urls['cms'] ?? '').port);

  const moduleOf = (name: string) => {
    const found = stack.processes.find((module) => module.name === name);
    if (!found) throw new Error(`The stack has no ${name}.`);
    return found;
  };
  const killed = new Set<string>();
  const opened = resources.move();
  return {
    gatewayUrl: stack.gatewayUrl,
    cmsUrl: stack.urls['cms'] ?? '',
    dataDir,
    diskFault,
    database,
    cms,
    /** Directly, without the proxy. */
    databaseUrl: (name: string) => postgres.url(name),
    kill(name: string) {
      if (killed.has(name)) return;
      killed.add(name);
      process.kill(moduleOf(name).pid, 'SIGKILL');
    },
    /** Starts what was killed. Returns the last lines of processes that ended otherwise, and starts them too. */
    async revive(): Promise<string[]> {
      const ended = stack.processes.filter(({ pid }) => processState(pid) !== 'running');
      const crashes = ended.filter(({ name }) => !killed.has(name));
      const told = crashes.map(
        ({ name, lines }) => `${name} ended by itself:\n${lines().slice(-LAST_LINES).join('\n')}`,
      );
      await Promise.all(ended.map((module) => module.restart()));
      killed.clear();
      return told;
    },
    restart: (name: string) => moduleOf(name).restart(),
    close: () => opened.disposeAsync(),
  };
}
export type Platform = Awaited<ReturnType<typeof openPlatform>>;

/** The URL without the socket of the server. */
function through(proxy: TcpProxy, url: string): string {
  const changed = new URL(url);
  changed.port = String(proxy.port);
  changed.search = '';
  return changed.href;
}
