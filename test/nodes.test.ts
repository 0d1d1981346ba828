import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mainOf, settingName } from '@federated-media/stack/subgraphs';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Graph, openGraph } from './support/graph.ts';
import { noHaproxy } from './support/haproxy.ts';
import { type Failure, startMixedLoad } from './support/mixed-load.ts';
import { noPgBouncer } from './support/pgbouncer.ts';
import { type Replica, type Replicas, openReplicas } from './support/replicas.ts';
import { createShop } from './support/shop.ts';

const PER_SECOND = Number(process.env['TEST_REQUESTS_PER_SECOND'] ?? 50);
const TIMEOUT_MS = 400_000;
const AROUND_MS = 2_000;
const SETTLED = { timeout: 60_000, interval: 500 };
/** The checks of HAProxy, and of connections that other processes keep open. */
const NOTICED_MS = 1_500;
const MISSING = noHaproxy ?? noObjectStore ?? noPgBouncer;
const STORE = 'nodes';
/** The tables with usages of files. */
const ASSOCIATIONS = {
  catalog: 'product_media',
  'art-gallery': 'gallery_media',
  blog: 'post_media',
};

let folder: string;
let objects: ObjectStore;
let settings: Record<string, string>;
let platform: Replicas;
let graph: Graph;

beforeAll(async () => {
  if (MISSING) return;
  folder = await temporaryFolder();
  objects = await startObjectStore(await temporaryFolder());
  settings = {
    STORAGE_URL: await objects.createBucket('media'),
    AWS_ACCESS_KEY_ID: objects.accessKeyId,
    AWS_SECRET_ACCESS_KEY: objects.secretAccessKey,
    GATEWAY_WORKERS: '2',
    // Longer than two checks of HAProxy.
    SHUTDOWN_DELAY_MS: '1500',
    // A slow machine is no failure.
    REQUEST_TIMEOUT_MS: '50000',
    CMS_TIMEOUT_MS: '30000',
  };
  platform = await openReplicas(folder, settings, { isPooled: true });
  graph = await openGraph(platform, STORE);
}, TIMEOUT_MS);
beforeEach(({ skip }) => {
  if (MISSING) skip(MISSING);
});
afterAll(async () => {
  if (MISSING) return;
  await platform.close();
  await objects.stop();
  await rm(folder, { recursive: true });
});

async function startAgain(replica: Replica) {
  await replica.start();
  await platform.haproxy.untilUp([replica.name]);
}

/** Files that clients know of, in all tests. */
const acknowledged = { uploaded: [] as string[], attached: new Map<string, string>() };

function remember({
  uploaded,
  attached,
}: Awaited<ReturnType<ReturnType<typeof startMixedLoad>['stop']>>) {
  acknowledged.uploaded.push(...uploaded);
  for (const [product, file] of attached) acknowledged.attached.set(product, file);
}

test(
  'when a process of any kind is killed, only requests in flight fail, and clients can repeat them',
  { timeout: TIMEOUT_MS },
  async () => {
    const load = startMixedLoad(graph, { perSecond: PER_SECOND, repeats: true });
    await sleep(AROUND_MS);
    const killedAt: number[] = [];
    for (const replica of platform.replicas.filter(({ name }) => name.endsWith('-1'))) {
      process.kill(replica.process.pid, 'SIGKILL');
      killedAt.push(Date.now());
      expect(await replica.process.ended).toBe('SIGKILL');
      await sleep(NOTICED_MS);
      await startAgain(replica);
    }
    await sleep(AROUND_MS);
    const result = await load.stop();
    remember(result);

    expect(result.failures.slice(0, 10), `${result.failures.length} failed`).toEqual([]);
    const wasInFlight = ({ startedAt, endedAt }: Failure) =>
      killedAt.some((at) => startedAt < at + NOTICED_MS && endedAt >= at);
    expect(result.repeated.filter((failure) => !wasInFlight(failure)).slice(0, 10)).toEqual([]);
    // Each upload was repeated with its key until it succeeded: it created one file.
    expect(await filesInCms()).toEqual(result.uploaded.toSorted());
  },
);

test(
  'no request fails while all processes are restarted one after the other',
  { timeout: TIMEOUT_MS },
  async () => {
    const load = startMixedLoad(graph, { perSecond: PER_SECOND });
    await sleep(AROUND_MS);
    for (const replica of platform.replicas) {
      process.kill(replica.process.pid, 'SIGTERM');
      expect(await replica.process.ended, replica.process.lines().join('\n')).toBe('exit code 0');
      await startAgain(replica);
    }
    await sleep(AROUND_MS);
    const result = await load.stop();
    remember(result);
    expect(result.failures.slice(0, 10), `${result.failures.length} failed`).toEqual([]);
    expect(result.uploaded.length).toBeGreaterThan(10);
  },
);

test('nothing is lost, and both sides agree', { timeout: TIMEOUT_MS }, async () => {
  const files = new Set(await filesInCms());
  expect(acknowledged.uploaded.filter((id) => !files.has(id))).toEqual([]);
  const shop = createShop(graph);
  for (const [product, file] of acknowledged.attached) {
    expect(await shop.onProduct(product)).toEqual([file]);
  }

  const used = async () => {
    const lists = Object.entries(ASSOCIATIONS).map(([name, table]) =>
      idsIn(name, `SELECT media_id AS id FROM ${table}`),
    );
    return (await Promise.all(lists)).flat().toSorted();
  };
  const claimed = () =>
    idsIn('cms', 'SELECT media_id AS id FROM media_usages WHERE active ORDER BY 1');
  // Claims of requests that broke off are released by the outboxes.
  await expect.poll(async () => (await claimed()).join(), SETTLED).toBe((await used()).join());
  const counted = await idsIn(
    'cms',
    'SELECT id FROM media_files, generate_series(1, usage_count) ORDER BY 1',
  );
  expect(counted).toEqual(await used());

  for (const name of Object.keys(ASSOCIATIONS)) {
    expect(await run(mainOf(name, 'reconcile'), name, '--dry-run')).toMatch(/ 0 differences/);
  }
  await run(mainOf('cms', 'maintenance'), 'cms', 'sweep', '--grace-hours', '0');
  expect(await run(mainOf('cms', 'maintenance'), 'cms', 'verify', '--checksums')).toContain(
    'no faults.',
  );
});

const filesInCms = () => idsIn('cms', 'SELECT id FROM media_files ORDER BY 1');

async function idsIn(name: string, query: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: platform.databaseUrl(name) });
  await client.connect();
  const { rows } = await client.query<{ id: string }>(query);
  await client.end();
  return rows.map(({ id }) => id);
}

/** The output of a program of a subgraph. */
async function run(program: string, name: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    ...settings,
    DATA_DIR: folder,
    [settingName(name, 'DATABASE_URL')]: platform.databaseUrl(name),
    CMS_URL: platform.urls['cms'],
  };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
  return stdout;
}
