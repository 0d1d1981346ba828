import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '@federated-media/stack/stack';
import { type GatewayProcess, startGateway } from '../gateway/gateway-process.ts';
import { makeProducts } from '../gateway/product-page.ts';
import { median } from '../load.ts';
import { cpuSecondsByProcess } from '../processes.ts';
import { withStack } from '../stack.ts';
import { atLeast, printTable, ratio, spread } from '../table.ts';
import { startRecorder } from './recorder.ts';
import { startReplay } from './replay.ts';
import { openWrk } from './wrk.ts';

const CONNECTIONS = 16;
const SECONDS = 3;
const ROUNDS = 7;
const AT_LEAST = 1.6;
/** Of two separate gateways. */
const SHARE_AT_LEAST = 0.85;
/** Many fields and few bytes: bytes cost the client and the subgraphs as much as the gateway. */
const body = JSON.stringify({
  query: `{ products(first: 24) { nodes { id sku name createdAt updatedAt mediaAssociations {
    id usageType displayOrder media {
      id altText title filename originalFilename mimeType fileSize width height visibility version
    }
  } } } }`,
});

/**
 * Pages of products through a gateway with one worker, one with two, and two separate gateways, in turns. The subgraphs
 * respond with recorded bytes, so that almost all of the time is that of the gateway. The separate gateways show what
 * the machine can reach: they share nothing but its processors, with the client and the subgraphs.
 */
export const run = () =>
  withStack({ env: { LOG_LEVEL: 'error' } }, async (stack, { folder, dataDir }) => {
    await using stopping = new AsyncDisposableStack();
    await makeProducts(stack.gatewayUrl);
    const start = (subgraphs: string, workers = 1) =>
      startGateway('own', {
        stack,
        dataDir,
        supergraphPath: join(dataDir, 'supergraph.graphql'),
        env: {
          ENTITY_CACHE_BYTES: '0',
          GATEWAY_WORKERS: String(workers),
          SUBGRAPHS: Object.keys(stack.urls)
            .map((name) => `${name}=${subgraphs}/${name}/graphql`)
            .join(),
        },
      });
    const { recording, page } = await record(stack, start);
    const replay = await startReplay(folder, recording);
    stopping.defer(() => replay.stop());
    const ask = await openWrk(folder, body);
    const one = await start(replay.url);
    const two = await start(replay.url, 2);
    const third = await start(replay.url);
    for (const gateway of [one, two, third]) {
      stopping.defer(() => gateway.stop());
      if ((await pageOf(gateway)) !== page) throw new Error('A gateway returns another page.');
    }
    const load = async (gateways: readonly GatewayProcess[]) => {
      const connections = CONNECTIONS / gateways.length;
      const runs = await Promise.all(
        gateways.map(({ url }) => ask(`${url}/graphql`, { connections, seconds: SECONDS })),
      );
      return {
        pages: sumOf(runs, (run) => run.requests),
        perSecond: sumOf(runs, (run) => run.requests / run.seconds),
      };
    };
    const measure = async (...gateways: readonly GatewayProcess[]): Promise<Round> => {
      const cpuOfGateways = () => sumOf(gateways, ({ pid }) => cpuSeconds(pid));
      const before = { gateways: cpuOfGateways(), all: cpuSeconds(process.pid) };
      const { pages, perSecond } = await load(gateways);
      const used = cpuOfGateways() - before.gateways;
      const others = cpuSeconds(process.pid) - before.all - used;
      return { perSecond, cpuMs: (used * 1000) / pages, othersMs: (others * 1000) / pages };
    };
    // Warms up.
    for (const gateway of [one, two, third]) await load([gateway]);
    const rounds: { one: Round; two: Round; separate: Round }[] = [];
    const loadBefore = loadavg()[0] ?? 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        one: await measure(one),
        two: await measure(two),
        separate: await measure(one, third),
      });
    }

    const ratios = rounds.map((round) => round.two.perSecond / round.one.perSecond);
    const shares = rounds.map((round) => round.two.perSecond / round.separate.perSecond);
    const possible = rounds.map((round) => round.separate.perSecond / round.one.perSecond);
    printTable(
      `Workers of the gateway, ${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before`,
      [
        ['', 'pages per second', 'CPU per page', 'of client and subgraphs'],
        row(
          'one worker',
          rounds.map((round) => round.one),
        ),
        row(
          'two workers',
          rounds.map((round) => round.two),
        ),
        row(
          'two separate gateways',
          rounds.map((round) => round.separate),
        ),
        ['two workers to one', spread(ratios, ratio), atLeast(AT_LEAST, ratios)],
        ['separate gateways to one worker', spread(possible, ratio)],
        [
          'two workers to separate gateways',
          spread(shares, ratio),
          atLeast(SHARE_AT_LEAST, shares),
        ],
      ],
    );
  });

interface Round {
  readonly perSecond: number;
  /** CPU milliseconds of the gateway. */
  readonly cpuMs: number;
  /** CPU milliseconds of everything else that runs here. */
  readonly othersMs: number;
}

/** Medians. */
const row = (name: string, rounds: readonly Round[]) => [
  name,
  median(rounds.map(({ perSecond }) => perSecond)).toFixed(0),
  `${median(rounds.map(({ cpuMs }) => cpuMs)).toFixed(2)} ms`,
  `${median(rounds.map(({ othersMs }) => othersMs)).toFixed(2)} ms`,
];

/** Of a process and all that it started. */
const cpuSeconds = (pid: number): number =>
  sumOf([...cpuSecondsByProcess(new Map([['process', pid]])).values()], (seconds) => seconds);

const sumOf = <Item>(items: readonly Item[], numberOf: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + numberOf(item), 0);

/** The responses of the subgraphs for one page, and the page. */
async function record(stack: Stack, start: (subgraphs: string) => Promise<GatewayProcess>) {
  const recorder = await startRecorder(stack.urls);
  const gateway = await start(recorder.url);
  const page = await pageOf(gateway);
  await gateway.stop();
  await recorder.stop();
  return { recording: recorder.recording, page };
}

async function pageOf({ url }: GatewayProcess): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const page = await response.text();
  if (!response.ok || page.includes('"errors"')) throw new Error(page);
  return page;
}
