import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '@federated-media/stack/stack';
import { startChildServer } from '../child-server.ts';
import { type Cost, costOf, rowOf } from '../cost.ts';
import { type GatewayProcess, startGateway } from '../gateway/gateway-process.ts';
import { makeProducts } from '../gateway/product-page.ts';
import { cpuSecondsByProcess } from '../processes.ts';
import { withStack } from '../stack.ts';
import { atLeast, printTable, ratio, spread } from '../table.ts';
import { openLeanClient } from './lean-client.ts';
import { startRecorder } from './recorder.ts';

const AT_ONCE = 16;
const WARM_UP = 800;
const PAGES = 400;
const ROUNDS = 7;
const AT_LEAST = 1.6;
/** Many fields and few bytes: bytes cost the client and the subgraphs as much as the gateway. */
const body = JSON.stringify({
  query: `{ products(first: 24) { nodes { id sku name createdAt updatedAt mediaAssociations {
    id usageType displayOrder media {
      id altText title filename originalFilename mimeType fileSize width height visibility version
    }
  } } } }`,
});

/**
 * Pages of products through a gateway with one worker and with two, in turns. The subgraphs respond with recorded
 * bytes, so that almost all of the time is that of the gateway.
 */
export const run = () =>
  withStack({ env: { LOG_LEVEL: 'error' } }, async (stack, { dataDir }) => {
    await makeProducts(stack.gatewayUrl);
    const start = (subgraphs: string, env: Readonly<Record<string, string>> = {}) =>
      startGateway('own', {
        stack,
        dataDir,
        supergraphPath: join(dataDir, 'supergraph.graphql'),
        env: {
          ENTITY_CACHE_BYTES: '0',
          SUBGRAPHS: Object.keys(stack.urls)
            .map((name) => `${name}=${subgraphs}/${name}/graphql`)
            .join(),
          ...env,
        },
      });
    const replay = await startChildServer(new URL('replay-server.ts', import.meta.url), {
      recording: await record(stack, start),
    });
    const one = await openGateway(await start(replay.url));
    const two = await openGateway(await start(replay.url, { GATEWAY_WORKERS: '2' }));
    const rounds: { one: Cost; two: Cost }[] = [];
    const loadBefore = loadavg()[0] ?? 0;
    const others = { cpu: process.cpuUsage(), replay: cpuSeconds(replay.pid) };
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ one: await one.measure(), two: await two.measure() });
    }
    const { user, system } = process.cpuUsage(others.cpu);
    const othersMs =
      ((user + system) / 1e3 + (cpuSeconds(replay.pid) - others.replay) * 1e3) /
      (2 * ROUNDS * PAGES);
    await Promise.all([one.stop(), two.stop()]);
    await replay.stop();

    const ratios = rounds.map((round) => round.two.perSecond / round.one.perSecond);
    printTable(
      `Workers of the gateway, ${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before`,
      [
        ['', 'CPU per page', 'pages per second'],
        ['client and recorded subgraphs', `${othersMs.toFixed(1)} ms`],
        rowOf(
          'one worker',
          rounds.map((round) => round.one),
        ).slice(0, 3),
        rowOf(
          'two workers',
          rounds.map((round) => round.two),
        ).slice(0, 3),
        ['ratio', spread(ratios, ratio), atLeast(AT_LEAST, ratios)],
      ],
    );
  });

const cpuSeconds = (pid: number): number =>
  cpuSecondsByProcess(new Map([['process', pid]])).get('process') ?? 0;

async function record(stack: Stack, start: (subgraphs: string) => Promise<GatewayProcess>) {
  const recorder = await startRecorder(stack.urls);
  const gateway = await start(recorder.url);
  const client = await openLeanClient(gateway.url, { body, connections: 1 });
  await client.ask(1);
  client.close();
  await gateway.stop();
  await recorder.stop();
  return recorder.recording;
}

async function openGateway(gateway: GatewayProcess) {
  const client = await openLeanClient(gateway.url, { body, connections: AT_ONCE });
  await client.ask(WARM_UP);
  return {
    measure: () =>
      costOf(new Map([['gateway', gateway.pid]]), {
        count: PAGES,
        work: () => client.ask(PAGES),
      }),
    async stop() {
      client.close();
      await gateway.stop();
    },
  };
}
