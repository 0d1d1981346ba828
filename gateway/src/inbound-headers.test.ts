import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postForm } from './testing/form.ts';
import { SECRET, ask, closeAll, openPlatform } from './testing/platform.ts';
import { seen } from './testing/subgraphs.ts';
import { bySecret, signed } from './testing/tokens.ts';

const CALLER = '{ caller { subject storeId scopes issuer requestId } }';
const UPLOAD = 'mutation ($file: Upload!) { upload(file: $file) { size } }';

/** Header names with a meaning for some server, including internal ones of this platform. */
const HOSTILE = `
  cookie proxy-authorization x-authorization x-internal-token x-internal-secret x-store-id
  x-subject x-scope x-user-id x-api-key x-request-timeout forwarded x-forwarded-for
  x-forwarded-host x-forwarded-proto x-real-ip x-http-method-override x-original-url
  x-rewrite-url x-apollo-operation-name apollo-federation-include-trace
  apollo-query-plan-experimental range if-match accept-language user-agent referer origin
  via te baggage tracestate
`
  .trim()
  .split(/\s+/);
const MARK = '13579';

let url: string;
let headers: Record<string, string>;
beforeEach(async () => {
  ({ url } = await openPlatform({ keys: bySecret }));
  headers = { authorization: `Bearer ${await signed()}`, 'x-request-id': 'r-1' };
});
afterEach(closeAll);

const namesOf = (received: object | undefined) => Object.keys(received ?? {}).toSorted();

test.each([
  ['an operation', (sent: typeof headers) => ask(url, CALLER, { headers: sent })],
  [
    'an upload',
    (sent: typeof headers) =>
      postForm(url, { query: UPLOAD, files: [{ path: 'file', bytes: Buffer.from('x') }] }, sent),
  ],
])('forwards no headers of the client with %s', async (_what, send) => {
  const hostile = Object.fromEntries(HOSTILE.map((name) => [name, MARK]));
  expect((await send(headers)).status).toBe(200);
  expect((await send({ ...headers, ...hostile })).status).toBe(200);

  const [plain, received] = seen.headers;
  expect(namesOf(received)).toEqual(namesOf(plain));
  expect(JSON.stringify(received)).not.toContain(MARK);
  expect(received?.authorization).not.toBe(headers['authorization']);
  expect(received?.['x-request-id']).toBe('r-1');
});

test('headers with internal names do not change the caller', async () => {
  const minter = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
  const claims = { audience: 'media', subject: 'mallory', storeId: 'other', scope: '*' };
  const internal = await minter.mint(claims);
  const names = HOSTILE.filter((name) => name !== 'te');
  const { data } = await ask(url, CALLER, {
    headers: { ...headers, ...Object.fromEntries(names.map((name) => [name, internal])) },
  });
  expect(data).toMatchObject({
    caller: {
      subject: 'ann',
      storeId: 'shoes',
      scopes: ['media:read', 'media:write'],
      issuer: 'gateway',
    },
  });
});

test.each(['', 'a b', 'x'.repeat(65), 'id\u00e9', '{"a":1}', '../../x'])(
  'replaces a request id such as "%s"',
  async (requestId) => {
    await ask(url, CALLER, { headers: { ...headers, 'x-request-id': requestId } });
    expect(seen.headers[0]?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('each caller has a separate token', async () => {
  const other = await signed({ claims: { store_id: 'hats' } });
  const bearers = [headers['authorization']!, `Bearer ${other}`];
  for (const authorization of [...bearers, ...bearers]) {
    await ask(url, CALLER, { headers: { authorization } });
  }
  const [shoes, hats, ...again] = seen.headers.map(({ authorization }) => authorization);
  expect(hats).not.toBe(shoes);
  expect(again).toEqual([shoes, hats]);
});
