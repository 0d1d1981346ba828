import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { afterEach, expect, test } from 'vitest';
import { SECRET, ask, closeAll, logLines, openPlatform, readAnswer } from './testing/platform.ts';
import { seen } from './testing/subgraphs.ts';

afterEach(closeAll);

const CALLER = '{ caller { subject storeId scopes issuer requestId } }';

test('combines two subgraphs with one request to each', async () => {
  const { url } = await openPlatform();
  const { data, headers } = await ask(url, '{ items { id picture { id name } } }');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(data).toEqual({
    items: ['1', '2', '3'].map((id) => ({ id, picture: { id, name: `image ${id}` } })),
  });
  expect(seen.entities).toBe(3);
  const asked = logLines().filter(({ msg }) => msg === 'subgraph request');
  expect(asked.map(({ subgraph }) => subgraph)).toEqual(['shop', 'media']);
  expect(asked.every(({ ms }) => typeof ms === 'number')).toBe(true);
});

test('a subgraph identifies the caller by the token of the gateway, not by headers of the client', async () => {
  const { url } = await openPlatform();
  const minter = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
  const internal = await minter.mint({
    audience: 'media',
    subject: 'mallory',
    storeId: 'other',
    scope: '*',
  });
  const { data } = await ask(url, CALLER, {
    headers: {
      'x-request-id': 'req-1',
      'x-store-id': 'other',
      'x-internal-token': internal,
      'x-forwarded-for': '10.0.0.1',
      cookie: 'a=b',
    },
  });
  expect(data).toEqual({
    caller: {
      subject: 'developer',
      storeId: 'demo',
      scopes: ['*'],
      issuer: 'gateway',
      requestId: 'req-1',
    },
  });
});

test('rejects an internal token as the token of a client', async () => {
  const { url } = await openPlatform();
  const minter = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
  const token = await minter.mint({ audience: 'media', subject: 'x', storeId: 'demo', scope: '*' });
  const { status } = await ask(url, CALLER, { headers: { authorization: `Bearer ${token}` } });
  expect(status).toBe(401);
});

test('an internal error of a subgraph is masked, and both logs have the request id', async () => {
  const { url } = await openPlatform();
  const { text, data, errors } = await ask(url, '{ broken }', {
    headers: { 'x-request-id': 'r-2' },
  });
  expect(data).toEqual({ broken: null });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId: 'r-2' } }]);
  expect(text).not.toMatch(/SELECT|db\.internal|stack|127\.0\.0\.1/);
});

test.each([
  ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['broken syntax', '{', 'GRAPHQL_PARSE_FAILED'],
  ['a document of thousands of tokens', `{ ${'a '.repeat(5_001)} }`, 'BAD_REQUEST'],
  ['a wrong variable', 'query ($id: ID!) { picture(id: $id) { id } }', 'BAD_USER_INPUT'],
  ['a subscription', 'subscription { a }', 'BAD_REQUEST'],
  ['no operation', 'fragment F on Query { caller { subject } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['two operations', 'query A { broken } query B { broken }', 'OPERATION_RESOLUTION_FAILURE'],
])('responds with 400 to %s, without a subgraph request', async (_what, query, code) => {
  const { url } = await openPlatform();
  const { status, errors } = await ask(url, query);
  expect(status).toBe(400);
  expect(errors?.[0]?.extensions.code).toBe(code);
  expect(logLines().filter(({ msg }) => msg === 'subgraph request')).toEqual([]);
});

test('says that the document has no operation of this name', async () => {
  const { url } = await openPlatform();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: 'query A { broken }', operationName: 'B' });
  const { errors } = await readAnswer(
    await fetch(`${url}/graphql`, { method: 'POST', headers, body }),
  );
  expect(errors?.[0]).toMatchObject({
    message: 'The document has no operation "B".',
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
});

test('a variable may have the name of an internal one', async () => {
  const { url } = await openPlatform();
  const query = `query ($representations: Boolean!) {
    items { picture { id @include(if: $representations) name @include(if: $representations) } }
  }`;
  const { status, text } = await ask(url, query, { variables: { representations: true } });
  expect(status).toBe(200);
  expect(text).not.toMatch(/stack|at .*\.js/);
});

test('accepts a query by GET, and rejects a mutation', async () => {
  const { url } = await openPlatform();
  const get = (query: string) =>
    fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
  expect((await readAnswer(await get('{ picture(id: 1) { name } }'))).data).toEqual({
    picture: { name: 'image 1' },
  });
  expect((await get('mutation { ignore(file: null) }')).status).toBe(400);
  expect((await get('mutation { __typename }')).status).toBe(405);
});

test.each([
  ['a GET that any page can cause', 'GET', {}, 400],
  ['a form', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['plain text', 'POST', { 'content-type': 'text/plain' }, 415],
  ['a form with files', 'POST', { 'content-type': 'multipart/form-data; boundary=x' }, 400],
])('rejects %s (CSRF)', async (_what, method, headers: Record<string, string>, status) => {
  const { url } = await openPlatform();
  const response = await fetch(`${url}/graphql?query={__typename}`, {
    method,
    headers,
    ...(method === 'POST' && { body: '{"query":"{ __typename }"}' }),
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('errors.0.message');
});

test.each(['/admin', '/graphql/x', '/.env'])('responds with 404 and JSON to %s', async (path) => {
  const { url } = await openPlatform();
  const { status, errors } = await readAnswer(await fetch(url + path));
  expect([status, errors?.[0]?.extensions.code]).toEqual([404, 'NOT_FOUND']);
});

test.each([
  ['is no JSON', '{', 400],
  ['is a batch', '[{"query":"{ __typename }"}]', 400],
  ['is empty', '', 400],
  ['is over the limit by one byte', JSON.stringify({ query: '{ a }' }).padEnd(100_001), 413],
])('rejects a body that %s', async (_what, body, status) => {
  const { url } = await openPlatform();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('errors.0.message');
});

test('accepts a body of exactly the maximum size', async () => {
  const { url } = await openPlatform();
  const body = JSON.stringify({ query: '{ __typename }' }).padEnd(100_000);
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/graphql`, { method: 'POST', headers, body })).status).toBe(200);
});

test('a page with another host name (DNS rebinding) is not the developer', async () => {
  const { port } = await openPlatform();
  const asHost = async (host: string) => {
    const sending = request({
      port,
      host: '127.0.0.1',
      path: '/graphql',
      method: 'POST',
      headers: { host, 'content-type': 'application/json' },
    }).end('{"query":"{ __typename }"}');
    const [answer] = (await once(sending, 'response')) as [
      Parameters<typeof text>[0] & { statusCode: number },
    ];
    await text(answer);
    return answer.statusCode;
  };
  expect(await asHost(`127.0.0.1:${port}`)).toBe(200);
  expect(await asHost(`localhost:${port}`)).toBe(200);
  expect(await asHost('evil.example')).toBe(401);
  expect(await asHost(`evil.example:${port}`)).toBe(401);
  expect(await asHost('127.0.0.1.evil.example')).toBe(401);
  expect(await asHost('localhost.evil.example')).toBe(401);
});

test('GraphiQL is served with a policy that allows no other hosts', async () => {
  const { url } = await openPlatform();
  const page = await fetch(`${url}/graphiql`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('text/html');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect((await fetch(`${url}/graphiql/../package.json`)).status).toBe(404);
  expect((await fetch(`${url}/graphiql/..%2fpackage.json`)).status).toBe(404);
});
