import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '@federated-media/stack/project';
import { type ModuleProcess, startModule } from '@federated-media/stack/stack/module-process';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';
import { createShop } from './support/shop.ts';

let stack: SharedStack;
let graph: Graph;
let supergraphPath: string;
let gateway: Gateway;

type Gateway = Awaited<ReturnType<typeof openGateway>>;

/** A gateway with two workers and the subgraphs of the stack. */
async function openGateway(env: Record<string, string> = {}) {
  const process: ModuleProcess = startModule(
    { name: 'gateway', main: join(projectRoot, 'gateway/src/main.ts') },
    {
      env: {
        PORT: '0',
        GATEWAY_WORKERS: '2',
        DATA_DIR: stack.dataDir,
        SUBGRAPHS: Object.entries(stack.urls)
          .map(([name, url]) => `${name}=${url}/graphql`)
          .join(),
        ...env,
      },
      output: 'collect',
      stopWithinMs: 20_000,
    },
  );
  const url = await process.ready;
  const logged = (message: string) =>
    process
      .lines()
      .filter((line) => line.includes(message))
      .map((line) => z.looseObject({ level: z.number() }).parse(JSON.parse(line)));
  return { process, url, logged };
}

beforeAll(async () => {
  stack = await openSharedStack();
  const folder = await temporaryFolder();
  supergraphPath = join(folder, 'supergraph.graphql');
  await writeFile(supergraphPath, await readFile(join(projectRoot, 'gateway/supergraph.graphql')));
  gateway = await openGateway({ SUPERGRAPH_PATH: supergraphPath });
  graph = await openGraph({ ...stack, gatewayUrl: gateway.url }, 'gateway-workers');
});
afterAll(async () => {
  await gateway.process.stop();
  expect(await gateway.process.ended).toBe('exit code 0');
});

/** Each request uses a new connection, and so the next worker. */
function ask(url: string, query: string, variables: object = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const headers = { ...graph.headers, 'content-type': 'application/json' };
    const sent = request(
      `${url}/graphql`,
      { method: 'POST', agent: new Agent(), headers: { ...headers, connection: 'close' } },
      (response) => {
        const { statusCode: status = 0 } = response;
        text(response).then((body) => resolve({ status, body }), reject);
      },
    );
    sent.once('error', reject);
    sent.end(JSON.stringify({ query, variables }));
  });
}

const metricsOf = async ({ url }: Gateway) => (await fetch(`${url}/metrics`)).text();

test('a change through one worker is visible at once through all of them', async () => {
  const shop = createShop(graph);
  const { mediaFile } = await graph.upload(await plainJpeg(20));
  const id = mediaFile!.id;
  const product = await shop.product();
  await shop.attach(product, id);
  const read = async () => {
    const { body } = await ask(
      gateway.url,
      'query ($id: ID!) { product(id: $id) { mediaAssociations { media { title } } } }',
      { id: product },
    );
    return /"title":"([^"]*)"/.exec(body)?.[1];
  };
  const change =
    'mutation ($id: ID!, $title: String!) { updateMedia(input: { id: $id, details: { title: $title } }) { userErrors { code } } }';
  for (let round = 0; round < 20; round += 1) {
    const title = `Title ${round}`;
    await ask(gateway.url, change, { id, title });
    for (let count = 0; count < 4; count += 1) expect(await read()).toBe(title);
  }
  const metrics = await metricsOf(gateway);
  for (const worker of [1, 2]) {
    const hits = new RegExp(
      String.raw`^entity_cache_requests_total\{outcome="hit",worker="${worker}"\} (\d+)`,
      'm',
    );
    expect(Number(hits.exec(metrics)?.[1])).toBeGreaterThan(0);
  }
});

test('workers share the rate of a client', async () => {
  const limited = await openGateway({ RATE_LIMIT_CLIENT: '1/20' });
  onTestFinished(() => limited.process.stop());
  const query = `{ ${[1, 2, 3, 4, 5].map((at) => `a${at}: __typename`).join(' ')} }`;
  const statuses = [];
  for (let count = 0; count < 6; count += 1) {
    statuses.push((await ask(limited.url, query)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
});

test('all workers load a new supergraph, and one reports it', async () => {
  const sdl = await readFile(supergraphPath, 'utf8');
  const changed = sdl.replace('\ntype Query', '\n"""Where it starts."""\ntype Query');
  await writeFile(supergraphPath, changed);
  const described = async () =>
    (await ask(gateway.url, '{ __type(name: "Query") { description } }')).body;
  await expect
    .poll(async () => Promise.all([described(), described(), described(), described()]))
    .toSatisfy((bodies: string[]) => bodies.every((body) => body.includes('Where it starts.')));
  expect(gateway.logged('supergraph replaced')).toMatchObject([{ level: 30, worker: 1 }]);
  await writeFile(supergraphPath, 'nonsense');
  await expect.poll(() => gateway.logged('cannot load the new supergraph')).toHaveLength(1);
  await sleep(1_500);
  expect(gateway.logged('cannot load the new supergraph')).toHaveLength(1);
  expect(await described()).toContain('Where it starts.');
  await writeFile(supergraphPath, sdl);
  await expect.poll(() => gateway.logged('supergraph replaced')).toHaveLength(2);
});

test('a worker that is killed fails only its own requests', async () => {
  const pidOf = async (worker: number) => {
    const line = new RegExp(String.raw`^process_start_time_seconds\{worker="${worker}"\}`, 'm');
    expect(await metricsOf(gateway)).toMatch(line);
    const children = await readFile(
      `/proc/${gateway.process.pid}/task/${gateway.process.pid}/children`,
      'utf8',
    );
    return Number(children.trim().split(' ')[worker - 1]);
  };
  const outcomes: (number | 'failed')[] = [];
  const isOver = new AbortController();
  const load = (async () => {
    while (!isOver.signal.aborted) {
      outcomes.push(
        await ask(gateway.url, '{ products(first: 1) { nodes { id } } }').then(
          ({ status }) => status,
          () => 'failed' as const,
        ),
      );
    }
  })();
  process.kill(await pidOf(2), 'SIGKILL');
  await expect.poll(() => gateway.logged('worker replaced'), { timeout: 60_000 }).toHaveLength(1);
  isOver.abort();
  await load;
  // The one in flight, and those that the primary passes on before it notices that the worker has ended.
  expect(outcomes.filter((outcome) => outcome !== 200).length).toBeLessThanOrEqual(3);
  expect(outcomes.length).toBeGreaterThan(10);
});
