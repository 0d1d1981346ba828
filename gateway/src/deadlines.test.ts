import type { RequestListener } from 'node:http';
import { TIMEOUT_HEADER } from '@federated-media/subgraph-kit/request-life';
import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform, openRudeSubgraph, sendJson } from './testing/platform.ts';

afterEach(closeAll);

test('the time limit applies to the whole request, not to each subgraph request', async () => {
  const told: number[] = [];
  const listen = (body: unknown, lateMs: number) =>
    openRudeSubgraph(({ headers }, response) => {
      told.push(Number(headers[TIMEOUT_HEADER]));
      setTimeout(() => sendJson(response, body), lateMs);
    });
  const items = [{ id: '1', picture: { __typename: 'Picture', id: '1' } }];
  const shop = await listen({ data: { items } }, 300);
  const media = await listen({ data: { _entities: [{ name: 'late' }] } }, 0);
  const { url } = await openPlatform({ subgraphUrls: { shop, media }, requestTimeoutMs: 10_000 });
  const { data } = await ask(url, '{ items { picture { name } } }');
  expect(data).toEqual({ items: [{ picture: { name: 'late' } }] });
  expect(told).toHaveLength(2);
  expect(told[0]).toBeLessThanOrEqual(9_500);
  expect(told[1]).toBeLessThanOrEqual(told[0]! - 280);
});

test('the subgraph request ends when the client disconnects', async () => {
  const ended = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const media = await openRudeSubgraph((request) => {
    request.socket.once('close', () => ended.resolve());
    asked.resolve();
  });
  const { url } = await openPlatform({ subgraphUrls: { media } });
  const client = new AbortController();
  const asking = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ picture(id: 1) { name } }"}',
    signal: client.signal,
  });
  await asked.promise;
  client.abort();
  await expect(asking).rejects.toThrow('aborted');
  await ended.promise;
});

test('a subgraph receives the time limit of the gateway, and never that of a client', async () => {
  const told: unknown[] = [];
  const media = await openRudeSubgraph(({ headers }, response) => {
    told.push(headers[TIMEOUT_HEADER]);
    sendJson(response, { data: { picture: null } });
  });
  const { url } = await openPlatform({ subgraphUrls: { media }, requestTimeoutMs: 2_000 });
  await ask(url, '{ picture(id: 1) { name } }', { headers: { [TIMEOUT_HEADER]: '90000000' } });
  expect(told).toHaveLength(1);
  expect(Number(told[0])).toBeLessThanOrEqual(1_900);
  expect(Number(told[0])).toBeGreaterThan(0);
});

test.each([
  ['accepts and never answers', () => {}],
  ['stalls in its answer', (_request, response) => void response.write('{"data":{')],
] satisfies [string, RequestListener][])(
  'a subgraph that %s delays neither other subgraphs nor the client',
  async (_what, listener) => {
    const media = await openRudeSubgraph(listener);
    const { url } = await openPlatform({ subgraphUrls: { media }, requestTimeoutMs: 500 });
    const { data, errors } = await ask(url, '{ items { id } picture(id: 1) { name } }');
    expect(data).toEqual({ items: ['1', '2', '3'].map((id) => ({ id })), picture: null });
    expect(errors).toMatchObject([{ extensions: { code: 'TIMEOUT' } }]);
  },
);

test('a request after a mutation that used all of the time does not start', async () => {
  let asked = 0;
  const shop = await openRudeSubgraph(() => {
    asked += 1;
  });
  const media = await openRudeSubgraph(() => {});
  const { url } = await openPlatform({ subgraphUrls: { shop, media }, requestTimeoutMs: 300 });
  const query = 'mutation ($file: Upload!) { ignore(file: $file) attach(file: $file) }';
  const { errors } = await ask(url, query, { variables: { file: 'none' } });
  expect(errors).toMatchObject([
    { extensions: { code: 'TIMEOUT' } },
    { extensions: { code: 'TIMEOUT' } },
  ]);
  expect(asked).toBe(0);
});

test('a mutation whose subgraph decides after the time limit gets its response', async () => {
  const told: unknown[] = [];
  const media = await openRudeSubgraph(({ headers }, response) => {
    told.push(headers[TIMEOUT_HEADER]);
    setTimeout(() => sendJson(response, { data: { ignore: 'done' } }), 900);
  });
  const { url } = await openPlatform({ subgraphUrls: { media }, requestTimeoutMs: 500 });
  const query = 'mutation ($file: Upload!) { ignore(file: $file) }';
  const { data, errors } = await ask(url, query, { variables: { file: 'none' } });
  expect([data, errors]).toEqual([{ ignore: 'done' }, undefined]);
  // The subgraph has the limit, so that it normally decides in time.
  expect(told.map(Number)).toEqual([expect.toSatisfy((ms: number) => ms > 0 && ms <= 475)]);
});

test('an upload has a time limit in the subgraph, which ends before the gateway stops waiting', async () => {
  const told: number[] = [];
  const media = await openRudeSubgraph((request, response) => {
    told.push(Number(request.headers[TIMEOUT_HEADER]));
    request.resume().once('end', () => {
      const errors = [{ message: 'Too late.', extensions: { code: 'TIMEOUT' } }];
      setTimeout(() => sendJson(response, { data: null, errors }), told[0]);
    });
  });
  const { url } = await openPlatform({ subgraphUrls: { media }, uploadIdleMs: 2_000 });
  const form = new FormData();
  const query = 'mutation ($file: Upload!) { ignore(file: $file) }';
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', '{"0":["variables.file"]}');
  form.set('0', new Blob(['bytes']), 'a.txt');
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
  expect(await response.json()).toMatchObject({ errors: [{ message: 'Too late.' }] });
  expect(told).toEqual([2_400]);
});
