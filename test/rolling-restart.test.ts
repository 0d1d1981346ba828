import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openGraph } from './support/graph.ts';
import { noHaproxy } from './support/haproxy.ts';
import { startMixedLoad } from './support/mixed-load.ts';
import { type Replica, type Replicas, openReplicas } from './support/replicas.ts';
import { createShop } from './support/shop.ts';

const PER_SECOND = Number(process.env['TEST_REQUESTS_PER_SECOND'] ?? 50);
const TIMEOUT_MS = 400_000;
/** Before the first restart and after the last one. */
const AROUND_MS = 2_000;
const SETTINGS = {
  // Longer than two checks of HAProxy.
  SHUTDOWN_DELAY_MS: '1500',
  // A slow machine is no failure of a restart.
  REQUEST_TIMEOUT_MS: '50000',
  CMS_TIMEOUT_MS: '30000',
};

let dataDir: string;
let replicas: Replicas | undefined;

beforeAll(async () => {
  if (noHaproxy) return;
  dataDir = await temporaryFolder();
  replicas = await openReplicas(dataDir, SETTINGS);
});
beforeEach(({ skip }) => {
  if (noHaproxy) skip(noHaproxy);
});
afterAll(async () => {
  await replicas?.close();
  if (dataDir) await rm(dataDir, { recursive: true });
});

async function restart({ haproxy }: Replicas, replica: Replica) {
  process.kill(replica.process.pid, 'SIGTERM');
  expect(await replica.process.ended, replica.process.lines().join('\n')).toBe('exit code 0');
  await replica.start();
  await haproxy.untilUp([replica.name]);
}

test(
  'no request fails while all processes are restarted one after the other',
  { timeout: TIMEOUT_MS },
  async () => {
    const platform = replicas!;
    const graph = await openGraph(platform, 'rolling');
    const shop = createShop(graph);
    const load = startMixedLoad(graph, { perSecond: PER_SECOND });
    await sleep(AROUND_MS);
    for (const replica of platform.replicas) await restart(platform, replica);
    await sleep(AROUND_MS);

    const { done, failures, uploaded, attached } = await load.stop();
    expect(failures.slice(0, 10), `${failures.length} failed of ${JSON.stringify(done)}`).toEqual(
      [],
    );
    const operations = [
      'artwork',
      'attach',
      'image',
      'library',
      'page',
      'post',
      'retitle',
      'upload',
    ];
    expect(Object.keys(done).toSorted()).toEqual(operations);
    expect(Object.values(done).reduce((sum, count) => sum + count)).toBeGreaterThan(100);

    const checked = 'query ($id: ID!) { mediaFile(id: $id) { id } }';
    for (const id of uploaded.slice(-100)) {
      expect(await graph.ask(checked, { id })).toEqual({ data: { mediaFile: { id } } });
    }
    for (const [product, file] of [...attached].slice(-100)) {
      expect(await shop.onProduct(product)).toEqual([file]);
    }
  },
);
