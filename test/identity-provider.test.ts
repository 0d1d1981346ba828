import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway } from './support/gateway.ts';
import { Answer, openGraph } from './support/graph.ts';
import {
  AUDIENCE,
  type IdentityProvider,
  ROLES_CLAIM,
  STORE_CLAIM,
  newKeys,
  openIdentityProvider,
} from './support/identity-provider.ts';
import { plainJpeg } from './support/pictures.ts';
import { openSharedStack } from './support/shared-stack.ts';

const clients = {
  shoes: { store: 'provider-shoes' },
  hats: { store: 'provider-hats' },
  editor: { store: 'provider-shoes', roles: ['editor'] },
  nowhere: { store: '../provider-shoes' },
};

const resources = new AsyncDisposableStack();
const keys = newKeys('first');
let provider: IdentityProvider;
/** Reads scopes. */
let gatewayUrl: string;
/** Reads roles. */
let rolesUrl: string;

beforeAll(async () => {
  const stack = await openSharedStack();
  const shoes = await openGraph(stack, 'provider-shoes');
  expect((await shoes.upload(await plainJpeg(40))).userErrors).toEqual([]);

  provider = await openProvider();
  const env = {
    AUTH_JWKS_URL: provider.jwksUrl,
    AUTH_ISSUER: provider.issuer,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_STORE_CLAIM: STORE_CLAIM,
    AUTH_CLOCK_SKEW_SECONDS: '0',
  };
  const roles = {
    AUTH_SCOPE_CLAIM: ROLES_CLAIM,
    AUTH_SCOPE_MAP: '{"editor": "media:read media:write"}',
  };
  const [byScopes, byRoles] = await Promise.all(
    [env, { ...env, ...roles }].map(async (settings) => {
      const gateway = await openGateway(stack, { env: settings });
      resources.defer(() => gateway.close());
      return gateway.url;
    }),
  );
  [gatewayUrl, rolesUrl] = [byScopes!, byRoles!];
});
afterAll(() => resources.disposeAsync());

test.each(['es256', 'rs256'] as const)(
  'a token of the provider, signed with %s, acts as its store',
  async (algorithm) => {
    const resource = `https://graph.example/${algorithm}` as const;
    expect(await countFiles(await provider.token('shoes', { resource }))).toBe(1);
    expect(await countFiles(await provider.token('hats', { resource }))).toBe(0);
  },
);

test('a scope that was not granted is FORBIDDEN, a granted one is not', async () => {
  const codeFor = async (scope: string) => {
    const token = await provider.token('shoes', { scope });
    return codesOf(await ask(gatewayUrl, { token, query: UPDATE }));
  };
  expect(await codeFor('media:read')).toEqual(['FORBIDDEN']);
  expect(await codeFor('media:read media:write')).toEqual([]);
});

test('roles of the provider are scopes of the graph', async () => {
  const token = await provider.token('editor', { scope: 'catalog:read' });
  const files = await ask(rolesUrl, { token, query: COUNT });
  expect(files.data).toEqual({ mediaLibrary: { totalCount: 1 } });
  expect(codesOf(await ask(rolesUrl, { token, query: UPDATE }))).toEqual([]);
  expect(codesOf(await ask(rolesUrl, { token, query: PRODUCTS }))).toEqual(['FORBIDDEN']);

  const withoutRole = await provider.token('shoes', { scope: 'media:read' });
  expect(codesOf(await ask(rolesUrl, { token: withoutRole, query: COUNT }))).toEqual(['FORBIDDEN']);
});

test('an expired token is rejected', async () => {
  const token = await provider.token('shoes', { resource: 'https://graph.example/short' });
  await wait(2_000);
  await expectRejected(token);
});

test('a token for another API is rejected', async () => {
  await expectRejected(await provider.token('shoes', { resource: 'https://accounts.example' }));
});

test('a token of another issuer is rejected, even with the same keys', async () => {
  const other = await openProvider();
  await expectRejected(await other.token('shoes'));
});

test('a token with other keys is rejected, even if it names the same issuer', async () => {
  const other = await openProvider({ keys: newKeys('first'), issuer: provider.issuer });
  await expectRejected(await other.token('shoes'));
});

test('a token whose store is not a store id is rejected', async () => {
  await expectRejected(await provider.token('nowhere'));
});

test('keys can be rotated: tokens of both keys are accepted', async () => {
  const before = await provider.token('shoes');
  provider.signWith([...newKeys('second'), ...keys]);
  const after = await provider.token('shoes');
  expect([keyOf(before), keyOf(after)]).toEqual(['first-ES256', 'second-ES256']);
  // The gateway fetches keys at most every ten seconds.
  await expect.poll(() => countFiles(after), { timeout: 20_000, interval: 500 }).toBe(1);
  expect(await countFiles(before)).toBe(1);

  const other = await openProvider({ keys: newKeys('third'), issuer: provider.issuer });
  await expectRejected(await other.token('shoes'));
});

const COUNT = '{ mediaLibrary { totalCount } }';
const PRODUCTS = '{ products { nodes { id } } }';
const UPDATE =
  'mutation { updateMedia(input: { id: "none", details: {} }) { userErrors { code } } }';

async function openProvider(options: { keys?: typeof keys; issuer?: string } = {}) {
  const opened = await openIdentityProvider({ clients, keys, ...options });
  resources.defer(() => opened.close());
  return opened;
}

async function ask(url: string, { token, query }: { token: string; query: string }) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, ...Answer.parse(await response.json()) };
}

async function countFiles(token: string): Promise<unknown> {
  const { data } = await ask(gatewayUrl, { token, query: COUNT });
  return (data?.['mediaLibrary'] as { totalCount: number } | undefined)?.totalCount;
}

const codesOf = ({ errors = [] }: Answer) =>
  errors.map(({ extensions }) => (extensions as { code: string }).code);

async function expectRejected(token: string): Promise<void> {
  const { status, data, ...answer } = await ask(gatewayUrl, { token, query: COUNT });
  expect([status, codesOf(answer), data]).toEqual([401, ['UNAUTHENTICATED'], undefined]);
}

const keyOf = (token: string): unknown => {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
};
