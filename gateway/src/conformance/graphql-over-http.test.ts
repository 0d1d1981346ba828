import { serverAudits } from 'graphql-http';
import { afterAll, expect, test } from 'vitest';
import { closeAll, openPlatform } from '../testing/platform.ts';

afterAll(closeAll);

const { url } = await openPlatform();

/** The header that a GET from any web page lacks; the audits do not send it. */
const withPreflight = (address: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers);
  headers.set('apollo-require-preflight', 'true');
  return fetch(address, { ...init, headers });
};

const audits = serverAudits({ url: `${url}/graphql`, fetchFn: withPreflight });

test('the list of audits is complete', () => expect(audits.length).toBeGreaterThan(60));

test.each(audits)('$name ($id)', async ({ fn }) => {
  const result = await fn();
  expect(result.status === 'ok' ? '' : result.reason).toBe('');
});

const post = (query: string, headers: Record<string, string>) =>
  withPreflight(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

test.each([
  ['application/json', 200, 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 400, 'application/graphql-response+json; charset=utf-8'],
  [
    'application/graphql-response+json, application/json;q=0.9',
    400,
    'application/graphql-response+json; charset=utf-8',
  ],
  ['application/json, text/plain, */*', 400, 'application/json; charset=utf-8'],
  ['*/*', 400, 'application/json; charset=utf-8'],
])(
  'a client that accepts "%s" receives status %i for an invalid document',
  async (accept, status, type) => {
    const response = await post('{', { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
    expect(await response.json()).toHaveProperty(
      'errors.0.extensions.code',
      'GRAPHQL_PARSE_FAILED',
    );
  },
);

test('a subscription is not an internal error', async () => {
  const response = await post('subscription { a }', {
    accept: 'application/graphql-response+json',
  });
  expect(response.status).toBe(400);
});

test('a client that does not accept JSON receives 406', async () => {
  expect((await post('{ __typename }', { accept: 'text/html' })).status).toBe(406);
});
