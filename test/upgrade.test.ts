import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateAll } from '@federated-media/stack/stack/databases';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { expect, test } from 'vitest';
import { openGraph } from './support/graph.ts';
import { noHaproxy } from './support/haproxy.ts';
import { startMixedLoad } from './support/mixed-load.ts';
import { findPreviousRelease, openRelease } from './support/previous-release.ts';
import { type Replica, type Version, openReplicas, thisVersion } from './support/replicas.ts';
import { createShop } from './support/shop.ts';

const PER_SECOND = Number(process.env['TEST_REQUESTS_PER_SECOND'] ?? 50);
/** With the installation of the release. */
const TIMEOUT_MS = 900_000;
const AROUND_MS = 5_000;
const SETTINGS = {
  // Longer than two checks of HAProxy.
  SHUTDOWN_DELAY_MS: '1500',
  // A slow machine is no failure of an upgrade.
  REQUEST_TIMEOUT_MS: '50000',
  CMS_TIMEOUT_MS: '30000',
};

test(
  'the previous release works on the new schema, and can be replaced by this version and back, without a failed request',
  { timeout: TIMEOUT_MS },
  async ({ skip }) => {
    if (noHaproxy) skip(noHaproxy);
    const commit = await findPreviousRelease();
    if (commit === null) {
      skip('no release is tagged before this version');
      return;
    }
    await using resources = new AsyncDisposableStack();
    const dataDir = await temporaryFolder();
    resources.defer(() => rm(dataDir, { recursive: true }));
    const previous = await openRelease(commit);
    resources.defer(() => rm(previous.root, { recursive: true }));
    const platform = await openReplicas(dataDir, SETTINGS, { version: previous });
    resources.defer(() => platform.close());
    const replaceAll = async (replicas: readonly Replica[], version: Version) => {
      for (const replica of replicas) {
        process.kill(replica.process.pid, 'SIGTERM');
        expect(await replica.process.ended, replica.process.lines().join('\n')).toBe('exit code 0');
        await replica.start(version);
        await platform.haproxy.untilUp([replica.name]);
      }
      await sleep(AROUND_MS);
    };

    const graph = await openGraph(platform, 'upgrade');
    const load = startMixedLoad(graph, { perSecond: PER_SECOND });
    resources.defer(async () => void (await load.stop()));
    await sleep(AROUND_MS);
    const urls = new Map(allSubgraphs.map(({ name }) => [name, platform.databaseUrl(name)]));
    const applied = await migrateAll(urls);
    if (applied.some((name) => name.endsWith('_breaking')))
      skip(`the previous release cannot run with ${applied.join(', ')}`);
    await sleep(AROUND_MS);
    await replaceAll(platform.replicas, thisVersion);
    await replaceAll(platform.replicas.toReversed(), previous);

    const { done, failures, uploaded, attached } = await load.stop();
    expect(failures.slice(0, 10), `${failures.length} failed of ${JSON.stringify(done)}`).toEqual(
      [],
    );
    expect(uploaded.length).toBeGreaterThan(10);
    const shop = createShop(graph);
    const query = 'query ($id: ID!) { mediaFile(id: $id) { id } }';
    for (const id of uploaded)
      expect(await graph.ask(query, { id })).toEqual({ data: { mediaFile: { id } } });
    for (const [product, file] of attached) expect(await shop.onProduct(product)).toEqual([file]);
  },
);
