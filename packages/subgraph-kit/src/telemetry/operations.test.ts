import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTokenMinter } from '../identity.ts';
import { createSubgraphSchema } from '../schema.ts';
import { serveSubgraph } from '../server.ts';
import { waitFor } from './activity.ts';

const secrets = ['a secret of at least thirty-two characters'];
const minter = createTokenMinter({ secrets, issuer: 'gateway' });
const lines: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
let served: Awaited<ReturnType<typeof serveSubgraph>>;
let held = Promise.withResolvers<void>();

const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { greet(name: String): String held: String waiting: String secret: String }
  `),
  resolvers: {
    Query: {
      greet: (_root: unknown, { name }: { name: string }) => `hello ${name}`,
      held: () => held.promise,
      waiting: () => waitFor(held.promise),
      secret: () => {
        throw new Error('SELECT');
      },
    },
  },
});

beforeAll(async () => {
  served = await serveSubgraph(
    {
      name: 'things',
      schema,
      context: ({ caller, requestId }) => ({ caller, requestId }),
      isReady: async () => {},
      start: async () => {},
      stop: async () => {},
    },
    {
      host: '127.0.0.1',
      port: 0,
      secrets,
      maxBodyBytes: 10_000,
      telemetry: { metrics: { kind: 'loopback' }, slowOperationMs: 60_000, tracing: null },
      logger,
    },
  );
});
beforeEach(() => void lines.splice(0));
afterAll(() => served.close());

async function ask(query: string, variables: object = {}, signal?: AbortSignal) {
  const claims = { audience: 'things', subject: 'ann', storeId: 'demo', scope: '' };
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    ...(signal && { signal }),
    body: JSON.stringify({ query, variables }),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await minter.mint(claims)}`,
      'x-request-id': 'req-7',
    },
  });
  await response.text();
}

const scrape = async () => (await fetch(`${served.url}/metrics`)).text();

/** The value of the series whose line starts like this; 0 if it does not exist. */
async function valueOf(series: string): Promise<number> {
  const line = (await scrape()).split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}

test('operations are counted by the name of the client, in all parts of the plan', async () => {
  await ask('query Greeting__things__0 { greet(name: "a") }');
  await ask('query Greeting { greet(name: "b") }');
  await ask('{ greet(name: "c") }');
  const count = 'graphql_operation_duration_seconds_count';
  expect(await valueOf(`${count}{operation="Greeting",type="query"}`)).toBe(2);
  expect(await valueOf(`${count}{operation="anonymous",type="query"}`)).toBe(1);
});

test('errors are counted by code, whether an operation ran or not', async () => {
  await ask('query Secret { secret }');
  await ask('{ nothing }');
  await fetch(`${served.url}/graphql`, { method: 'POST' });
  for (const code of ['INTERNAL', 'GRAPHQL_VALIDATION_FAILED', 'UNAUTHENTICATED']) {
    expect(await valueOf(`graphql_errors_total{code="${code}"}`), code).toBe(1);
  }
});

test('made-up names share one series, and invalid operations create none', async () => {
  for (let nr = 0; nr < 250; nr += 1) await ask(`query Made${nr} { greet(name: "x") }`);
  await ask('query Unusable { nothing }');
  await ask(`query ${'L'.repeat(101)} { greet(name: "x") }`);
  const text = await scrape();
  const names = new Set([...text.matchAll(/operation="(\w+)"/g)].map(([, name]) => name));
  expect(names.size).toBeLessThanOrEqual(201);
  expect([names.has('Made0'), names.has('Made249'), names.has('other')]).toEqual([
    true,
    false,
    true,
  ]);
  expect(text).not.toContain('Unusable');
  expect(text).not.toContain('LLL');
});

test('unknown paths are one route', async () => {
  for (let nr = 0; nr < 5; nr += 1) await fetch(`${served.url}/made/up/${nr}`);
  const series = 'http_request_duration_seconds_count{method="GET",route="none",status="404"}';
  expect(await valueOf(series)).toBe(5);
});

const inFlight = () => valueOf('http_requests_in_flight');

/** Sends a request and delays its response by two minutes. */
async function askForLong(query: string, variables: object = {}) {
  vi.useFakeTimers({ toFake: ['performance'] });
  held = Promise.withResolvers();
  const asked = ask(query, variables);
  await expect.poll(inFlight).toBe(2);
  vi.advanceTimersByTime(120_000);
  held.resolve();
  await asked;
  vi.useRealTimers();
}

test('a request is in flight until its response is sent', async () => {
  expect(await inFlight()).toBe(1);
  held = Promise.withResolvers();
  const asked = ask('{ held }');
  await expect.poll(inFlight).toBe(2);
  held.resolve();
  await asked;
  await expect.poll(inFlight).toBe(1);
});

test('a client that disconnects does not count as served', async () => {
  held = Promise.withResolvers();
  const hangUp = new AbortController();
  const asked = ask('{ held }', {}, hangUp.signal).catch(() => 'hung up');
  await expect.poll(inFlight).toBe(2);
  hangUp.abort();
  expect(await asked).toBe('hung up');
  await expect.poll(inFlight).toBe(1);
  held.resolve();
  const count = 'http_request_duration_seconds_count';
  expect(await valueOf(`${count}{method="POST",route="/graphql",status="499"}`)).toBe(1);
});

test('logs a slow operation by name and hash, without its content', async () => {
  const query = 'query Slowly($name: String) { held greet(name: $name) more: greet(name: "text") }';
  await askForLong(query, { name: 'a variable' });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    msg: 'slow operation',
    operation: 'Slowly',
    type: 'query',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    ms: expect.any(Number),
    requestId: 'req-7',
  });
  expect(lines[0]).not.toMatch(/text|variable|greet/);
});

test('an operation with a requested wait is not slow', async () => {
  await askForLong('{ waiting }');
  expect(lines).toEqual([]);
});
