import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RequestScope } from './graphql-endpoint.ts';
import { createTokenMinter } from './identity.ts';
import { TIMEOUT_HEADER, committing } from './request-life.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';

const secrets = ['a secret of at least thirty-two characters'];
const WIDTH = 1_000;
const logged: string[] = [];

let served: Awaited<ReturnType<typeof serveSubgraph>>;
let calls: { waits: number; names: number; lists: number };
let scope: PromiseWithResolvers<RequestScope>;
let released: PromiseWithResolvers<void>;

const things = () => {
  calls.lists += 1;
  return Array.from({ length: WIDTH }, () => ({}));
};
const schema = createSubgraphSchema<RequestScope>({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Thing { wait: Thing name: String things: [Thing!]! }
    type Query { things: [Thing!]! }
    type Mutation { change: Thing! }
  `),
  resolvers: {
    Query: { things },
    Mutation: { change: () => committing(async () => ({})) },
    Thing: {
      things,
      wait: async (_thing: unknown, _none: unknown, context: RequestScope) => {
        calls.waits += 1;
        scope.resolve(context);
        await released.promise;
        return {};
      },
      name: () => {
        calls.names += 1;
        return 'a';
      },
    },
  },
});

beforeAll(async () => {
  served = await serveSubgraph(
    {
      name: 'things',
      schema,
      context: (requestScope) => ({ ...requestScope }),
      isReady: async () => {},
      start: async () => {},
      stop: async () => {},
    },
    {
      host: '127.0.0.1',
      port: 0,
      secrets,
      maxBodyBytes: 10_000,
      logger: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }),
    },
  );
});
afterAll(() => served.close());
beforeEach(() => {
  calls = { waits: 0, names: 0, lists: 0 };
  logged.length = 0;
  scope = Promise.withResolvers();
  released = Promise.withResolvers();
});

async function ask(
  query: string,
  { signal, timeoutMs }: { signal?: AbortSignal; timeoutMs?: number } = {},
) {
  const minter = createTokenMinter({ secrets, issuer: 'gateway' });
  const asking = { audience: 'things', subject: 'ann', storeId: 'demo', scope: '' };
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await minter.mint(asking)}`,
      ...(timeoutMs !== undefined && { [TIMEOUT_HEADER]: String(timeoutMs) }),
    },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown[] };
  return { status: response.status, data, errors };
}

const gone = ({ signal }: RequestScope) =>
  signal.aborted
    ? undefined
    : new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

test('calls no more resolvers after the client disconnects', async () => {
  const client = new AbortController();
  const answer = ask('{ things { wait { name } } }', { signal: client.signal });
  const context = await scope.promise;
  client.abort();
  await expect(answer).rejects.toThrow('aborted');
  await gone(context);
  released.resolve();
  // The next response arrives after everything that was running.
  expect((await ask('{ things { __typename } }')).errors).toBeUndefined();
  expect(calls).toEqual({ waits: WIDTH, names: 0, lists: 2 });
  expect(logged).toEqual([]);
});

test('calls no more resolvers after the time limit', async () => {
  const answer = ask('{ things { wait { name } } }', { timeoutMs: 300 });
  await gone(await scope.promise);
  released.resolve();
  const { data, errors } = await answer;
  expect(data).toHaveProperty('things.999.wait.name', null);
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'TIMEOUT' } });
  expect(calls.names).toBe(0);
});

test('reports a change that is committed, although the time is over', async () => {
  const answer = ask('mutation { change { wait { name } } }', { timeoutMs: 300 });
  await gone(await scope.promise);
  released.resolve();
  const { data, errors } = await answer;
  expect(errors).toBeUndefined();
  expect(data).toEqual({ change: { wait: { name: 'a' } } });
});

test('calls all resolvers while the client waits', async () => {
  released.resolve();
  const { data, errors } = await ask('{ things { wait { name } } }');
  expect(errors).toBeUndefined();
  expect(data).toHaveProperty('things.999.wait.name', 'a');
  expect(calls).toEqual({ waits: WIDTH, names: WIDTH, lists: 1 });
});

test('stops nested lists with one error before millions of fields', async () => {
  const { status, data, errors } = await ask('{ things { things { things { name } } } }');
  expect([status, data]).toEqual([200, null]);
  expect(errors).toEqual([
    {
      message: expect.stringContaining('100000 fields'),
      extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) },
    },
  ]);
  expect(calls.names + calls.lists).toBeLessThanOrEqual(100_000);
  expect(logged).toEqual([]);
});

test('does not change introspection', async () => {
  const { errors } = await ask('{ __schema { types { name fields { name } } } }');
  expect(errors).toBeUndefined();
});
