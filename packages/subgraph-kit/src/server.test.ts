import { once } from 'node:events';
import { connect } from 'node:net';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTokenMinter } from './identity.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';

const secrets = ['a secret of at least thirty-two characters'];
const minter = createTokenMinter({ secrets, issuer: 'gateway' });
const logged: string[] = [];
const logger = pino({ level: 'error' }, { write: (line: string) => logged.push(line) });
let ready = true;
let served: Awaited<ReturnType<typeof serveSubgraph>>;
let executed = 0;

const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { store: String broken: String }
  `),
  resolvers: {
    Query: {
      store: (_root: unknown, _none: unknown, { caller }: { caller: { storeId: string } }) => {
        executed += 1;
        return caller.storeId;
      },
      broken: () => {
        throw new Error('SELECT * FROM secrets at db.internal:5432');
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
      isReady: async () => {
        if (!ready) throw new Error('no database');
      },
      start: async () => {},
      stop: async () => {},
    },
    { host: '127.0.0.1', port: 0, secrets, maxBodyBytes: 10_000, logger },
  );
});
afterAll(() => served.close());

const authorization = async () =>
  `Bearer ${await minter.mint({ audience: 'things', subject: 'ann', storeId: 'demo', scope: '' })}`;

const post = async (body: string, headers: Record<string, string> = {}) =>
  fetch(`${served.url}/graphql`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      authorization: await authorization(),
      ...headers,
    },
  });

test('an operation runs for the store of the token', async () => {
  const response = await post('{"query":"{ store }"}');
  expect(await response.json()).toEqual({ data: { store: 'demo' } });
});

test('rejects a request without a token before the body is sent', async () => {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n',
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('401 Unauthorized');
  expect(String(answer)).toContain('UNAUTHENTICATED');
  socket.destroy();
});

test.each(['{ _service { sdl } }', '{ __typename }', '{ store }'])(
  'without a token, %s is not available',
  async (query) => {
    const before = executed;
    const response = await post(JSON.stringify({ query }), { authorization: '' });
    expect(response.status).toBe(401);
    expect(executed).toBe(before);
  },
);

test('masks an internal error and returns the request id', async () => {
  logged.length = 0;
  const response = await post('{"query":"{ broken }"}', { 'x-request-id': 'req-1' });
  const text = await response.text();
  expect(text).not.toContain('SELECT');
  expect(text).not.toContain('internal:5432');
  expect(JSON.parse(text)).toMatchObject({
    data: { broken: null },
    errors: [{ path: ['broken'], extensions: { code: 'INTERNAL', requestId: 'req-1' } }],
  });
  expect(logged.join('')).toContain('db.internal:5432');
});

test('replaces a request id that is invalid in a log line', async () => {
  const response = await post('{"query":"{ store }"}', { 'x-request-id': 'a b{"x":1}' });
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['is no JSON', '{', 400],
  ['is empty', '', 400],
  ['is too large', JSON.stringify({ query: `{ store } #${'x'.repeat(10_001)}` }), 413],
  ['is no query', '{"query":"{ nothing }"}', 400],
  ['is a batch', '[{"query":"{ store }"},{"query":"{ store }"}]', 400],
  ['is beyond what a plan asks for', `{"query":"{ ${'...F '.repeat(301)} }"}`, 400],
  ['is a tower', `{"query":"{ store }","variables":{"a":${'['.repeat(70)}${']'.repeat(70)}}}`, 400],
])('returns 4xx for a body that %s', async (_what, body, status) => {
  const response = await post(body);
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('errors.0.message');
});

test('rejects a string as an operation', async () => {
  const response = await post('{ store }', { 'content-type': 'text/plain' });
  expect(response.status).toBe(415);
});

test('rejects multipart requests if uploads are not accepted', async () => {
  const response = await post('x', { 'content-type': 'multipart/form-data; boundary=x' });
  expect(response.status).toBe(415);
});

test('is always live and serving, and ready only when the subgraph is', async () => {
  expect((await fetch(`${served.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${served.url}/health/ready`)).status).toBe(200);
  ready = false;
  const response = await fetch(`${served.url}/health/ready`);
  const serving = await fetch(`${served.url}/health/serving`);
  ready = true;
  expect([serving.status, await serving.json()]).toEqual([200, { status: 'serving' }]);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain('database');
});

test('returns JSON for an unknown path', async () => {
  const response = await fetch(`${served.url}/admin`);
  expect(response.status).toBe(404);
  expect(await response.json()).toHaveProperty('errors.0.extensions.code', 'NOT_FOUND');
});

test('returns the same format for a path that is not a URL', async () => {
  const response = await fetch(`${served.url}/%zz`);
  expect(response.status).toBe(400);
  expect(await response.json()).toHaveProperty('errors.0.extensions.code', 'BAD_REQUEST');
});
