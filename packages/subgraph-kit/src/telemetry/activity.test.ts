import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTokenMinter } from '../identity.ts';
import { createSubgraphSchema } from '../schema.ts';
import { serveSubgraph } from '../server.ts';
import { inBackground, logFields, outgoingHeaders } from './activity.ts';

const secrets = ['a secret of at least thirty-two characters'];
const minter = createTokenMinter({ secrets, issuer: 'gateway' });
let served: Awaited<ReturnType<typeof serveSubgraph>>;

beforeAll(async () => {
  served = await serveSubgraph(
    {
      name: 'things',
      schema: createSubgraphSchema({
        typeDefs: parse(`
          extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
          type Query { outgoing: String logged: String }
        `),
        resolvers: {
          Query: {
            outgoing: async () => JSON.stringify(await Promise.resolve().then(outgoingHeaders)),
            logged: () => JSON.stringify(logFields()),
          },
        },
      }),
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
      logger: pino({ level: 'silent' }),
    },
  );
});
afterAll(() => served.close());

async function ask(field: string, headers: Record<string, string>) {
  const claims = { audience: 'things', subject: 'ann', storeId: 'demo', scope: '' };
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    body: JSON.stringify({ query: `{ ${field} }` }),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await minter.mint(claims)}`,
      ...headers,
    },
  });
  const { data } = (await response.json()) as { data: Record<string, string> };
  return JSON.parse(data[field] ?? '') as unknown;
}

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('other processes receive the request id and the trace, whether or not it is recorded here', async () => {
  const headers = { 'x-request-id': 'req-1', traceparent, tracestate: 'a=b', baggage: 'a=b' };
  expect(await ask('outgoing', headers)).toEqual({ 'x-request-id': 'req-1', traceparent });
});

test('an invalid trace is not forwarded', async () => {
  const headers = { 'x-request-id': 'req-1', traceparent: `${traceparent}-evil` };
  expect(await ask('outgoing', headers)).toEqual({ 'x-request-id': 'req-1' });
});

test('log lines have the request id', async () => {
  expect(await ask('logged', { 'x-request-id': 'req-2' })).toEqual({ requestId: 'req-2' });
});

test('background work has an id for the logs, and is not traced', () => {
  const [one, other] = [inBackground(outgoingHeaders), inBackground(outgoingHeaders)];
  expect(one).toEqual({
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/) as string,
  });
  expect(other).not.toEqual(one);
});

test('work without a request has no headers and no log fields', () => {
  expect([outgoingHeaders(), logFields()]).toEqual([{}, {}]);
});
