import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processState } from '../process-table.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { runModules } from './run-modules.ts';

let dataDir: string;
let resources: AsyncDisposableStack;

beforeEach(async () => {
  dataDir = await temporaryFolder();
  resources = new AsyncDisposableStack();
});

afterEach(async () => {
  await resources.disposeAsync();
  await rm(dataDir, { recursive: true });
});

test('each module receives its port, its database and the URLs of the others', async () => {
  const { all } = await run(['obedient', 'obedient', 'obedient']);
  await resources.disposeAsync();
  const [cms, catalog, gateway] = all.map(({ lines }) => JSON.parse(lines()[0] ?? ''));
  const common = {
    DATA_DIR: dataDir,
    CMS_URL: 'http://127.0.0.1:4001',
    SUBGRAPHS: 'cms=http://127.0.0.1:4001/graphql,catalog=http://127.0.0.1:4002/graphql',
    SUPERGRAPH_PATH: '/supergraph.graphql',
  };
  const publicUrl = { PUBLIC_MEDIA_URL: 'http://127.0.0.1:4001' };
  expect(cms).toEqual({ ...common, ...publicUrl, CMS_PORT: '4001', CMS_DATABASE_URL: 'pg://c' });
  expect(catalog).toEqual({ ...common, CATALOG_PORT: '4002', CATALOG_DATABASE_URL: 'pg://p' });
  expect(gateway).toEqual({ ...common, ...publicUrl, PORT: '4000' });
});

test('a given setting takes precedence over that of the stack', async () => {
  const { all } = await run(['obedient'], { PUBLIC_MEDIA_URL: 'https://cdn.example' });
  await resources.disposeAsync();
  expect(all[0]?.lines()[0]).toContain('"PUBLIC_MEDIA_URL":"https://cdn.example"');
});

test('stops modules one after the other, the last one first', async () => {
  const STOP_LOG = join(dataDir, 'stopped');
  const { all } = await run(['obedient', 'obedient', 'obedient'], { STOP_LOG });
  const pids = all.map(({ pid }) => String(pid));
  await resources.disposeAsync();
  expect((await readFile(STOP_LOG, 'utf8')).trim().split('\n')).toEqual(pids.toReversed());
});

test('reports a module that does not start with the reason, and stops the others', async () => {
  await expect(run(['obedient', 'broken', 'obedient'])).rejects.toThrow(
    'The catalog did not start (exit code 3).\n  CMS_DATABASE_URL: must be set',
  );
  await resources.disposeAsync();
  const remembered = (await readFile(join(dataDir, 'processes'), 'utf8')).trim().split('\n');
  expect(remembered).toHaveLength(3);
  for (const line of remembered) expect(processState(Number(line.split(' ')[0]))).toBe('gone');
});

test('reports a module that ends unexpectedly, with the exit code or signal', async () => {
  const { all, failed } = await run(['obedient', 'obedient']);
  process.kill(all[0]!.pid, 'SIGKILL');
  expect((await failed).message).toBe('The cms ended unexpectedly (SIGKILL).');
});

test('stops without a wait during the start', async () => {
  const controller = new AbortController();
  const started = run(['mute'], {}, controller.signal);
  controller.abort(new Error('Stopped.'));
  await expect(started).rejects.toThrow('Stopped.');
});

function run(fixtures: string[], env = {}, signal?: AbortSignal) {
  const names = ['cms', 'catalog', 'gateway'];
  const modules = fixtures.map((fixture, index) => ({
    name: names[index]!,
    main: fileURLToPath(new URL(`../testing/modules/${fixture}.ts`, import.meta.url)),
    portSetting: ['CMS_PORT', 'CATALOG_PORT', 'PORT'][index]!,
    port: [4001, 4002, 4000][index]!,
    url: `http://127.0.0.1:${[4001, 4002, 4000][index]}`,
  }));
  const subgraphs = modules.slice(0, 2);
  const plan = {
    host: '127.0.0.1',
    processes: 'many' as const,
    enabled: [],
    subgraphs: modules.slice(0, -1),
    gateway: modules.at(-1)!,
    urls: new Map(subgraphs.map(({ name, url }) => [name, url])),
    graphqlUrls: new Map(subgraphs.map(({ name, url }) => [name, `${url}/graphql`])),
  };
  const databaseUrls = new Map([
    ['cms', 'pg://c'],
    ['catalog', 'pg://p'],
  ]);
  return runModules(
    {
      plan,
      env,
      dataDir,
      databaseUrls,
      signal,
      supergraphPath: '/supergraph.graphql',
      output: 'collect',
      report: () => {},
    },
    resources,
  );
}
