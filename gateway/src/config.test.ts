import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatKeys } from '@federated-media/subgraph-kit/internal-keys';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let dataDir = '';
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gateway-config-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

const secret = 'x'.repeat(32);
const production = {
  NODE_ENV: 'production',
  INTERNAL_SECRET: secret,
  AUTH_JWT_SECRET: secret,
  AUTH_ISSUER: 'us',
  AUTH_AUDIENCE: 'media',
};

const read = (env: Record<string, string>) => readConfig({ DATA_DIR: dataDir, ...env });

async function problemsOf(env: Record<string, string>): Promise<readonly string[]> {
  const error: unknown = await read(env).catch((reason: unknown) => reason);
  if (!(error instanceof SettingsError)) throw new Error('These settings are valid.');
  return error.problems;
}

test('without settings, the gateway runs in development mode on the loopback interface', async () => {
  const config = await read({});
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    requestTimeoutMs: 10_000,
    uploadMaxBytes: 5 * 2 ** 30,
    maxBodyBytes: 1_000_000,
    maxTokenAgeSeconds: 86_400,
    clockSkewSeconds: 5,
    clientKeys: { kind: 'development', anonymous: true },
  });
  expect(config.supergraphPath).toMatch(/gateway\/supergraph\.graphql$/);
});

test('outside of the loopback interface, development mode requires tokens', async () => {
  expect(await read({ HOST: '0.0.0.0' })).toMatchObject({ clientKeys: { anonymous: false } });
});

test('production requires tokens with issuer and audience', async () => {
  expect(await read(production)).toMatchObject({
    clientKeys: { kind: 'secret', secret },
    issuer: 'us',
    audience: 'media',
  });
});

test('production reports all missing settings at once', async () => {
  const problems = await problemsOf({ NODE_ENV: 'production', PORT: 'x' });
  expect(problems).toEqual([
    expect.stringContaining('PORT'),
    expect.stringContaining('INTERNAL_SECRET'),
    expect.stringContaining('AUTH_ISSUER'),
    expect.stringContaining('AUTH_AUDIENCE'),
    expect.stringContaining('AUTH_JWKS_URL: this or AUTH_JWT_SECRET'),
  ]);
});

test.each([
  ['INTERNAL_SECRET', ''],
  ['AUTH_JWT_SECRET', 'short'],
  ['AUTH_ISSUER', ''],
  ['AUTH_AUDIENCE', ''],
])('production does not start with %s="%s"', async (name, value) => {
  expect(await problemsOf({ ...production, [name]: value })).toEqual([
    expect.stringContaining(name),
  ]);
});

test('reads only its own keys instead of the shared secret', async () => {
  const { INTERNAL_SECRET: _shared, ...others } = production;
  const names = ['gateway/cms', 'gateway-cache/cms'] as const;
  const keys = formatKeys([secret], names);
  const { internalSecrets } = await read({ ...others, INTERNAL_KEYS: keys });
  expect(internalSecrets).toEqual(
    new Map(names.map((name) => [name, [deriveKey(secret, `token/${name}`)]])),
  );
  const foreign = `${keys},${formatKeys([secret], ['catalog/cms'])}`;
  expect(await problemsOf({ ...others, INTERNAL_KEYS: foreign })).toEqual([
    expect.stringContaining('INTERNAL_KEYS: catalog/cms is a key of another module'),
  ]);
});

test('set only one of them', async () => {
  const problems = await problemsOf({
    AUTH_JWKS_URL: 'https://id.example',
    AUTH_JWT_SECRET: secret,
  });
  expect(problems).toEqual([expect.stringContaining('must not be set together')]);
});

test('SUBGRAPHS replaces URLs of the supergraph', async () => {
  const given = 'cms, catalog=http://10.0.0.1:4002/?a=b, blog=http://b.example/api/graphql/';
  const { subgraphUrls } = await read({ SUBGRAPHS: given });
  expect([...subgraphUrls]).toEqual([
    ['catalog', 'http://10.0.0.1:4002/?a=b'],
    ['blog', 'http://b.example/api/graphql/'],
  ]);
});

test.each([
  ['http://cms.example', 'http://cms.example/graphql, or http://cms.example/ for'],
  ['http://cms.example?a=b', 'http://cms.example/graphql?a=b, or http://cms.example/?a=b for'],
])('rejects SUBGRAPHS=cms=%s, which could mean / or /graphql', async (url, advice) => {
  expect(await problemsOf({ SUBGRAPHS: `cms=${url}` })).toEqual([expect.stringContaining(advice)]);
});

test.each(['cms=', 'cms=nowhere', 'cms=file:///etc/passwd'])(
  'rejects SUBGRAPHS=%s',
  async (given) => {
    expect(await problemsOf({ SUBGRAPHS: given })).toEqual([expect.stringContaining('SUBGRAPHS')]);
  },
);

test.each([
  ['AUTH_TOKEN_MAX_AGE_SECONDS', '59'],
  ['AUTH_TOKEN_MAX_AGE_SECONDS', 'never'],
  ['AUTH_CLOCK_SKEW_SECONDS', '301'],
  ['AUTH_CLOCK_SKEW_SECONDS', '-1'],
])('rejects %s=%s', async (name, value) => {
  expect(await problemsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
});

test('operations have default limits', async () => {
  expect(await read({})).toMatchObject({
    documentLimits: {
      maxTokens: 5_000,
      maxDepth: 15,
      maxAliases: 50,
      maxRootFields: 50,
      maxFields: 300,
    },
    jsonLimits: { maxValues: 10_000, maxDepth: 16 },
    apqCacheBytes: 10_000_000,
    trustedDocumentsPath: undefined,
  });
  expect(
    await read({ MAX_FIELDS: '500', APQ_CACHE_BYTES: '1 MiB', TRUSTED_DOCUMENTS: 'operations' }),
  ).toMatchObject({
    documentLimits: { maxFields: 500 },
    apqCacheBytes: 2 ** 20,
    trustedDocumentsPath: 'operations',
  });
});

test.each([
  ['MAX_TOKENS', '20001'],
  ['MAX_DEPTH', '51'],
  ['MAX_ALIASES', '0'],
  ['MAX_ROOT_FIELDS', 'many'],
  ['MAX_FIELDS', '1.5'],
  ['MAX_VARIABLE_VALUES', '50001'],
  ['MAX_VARIABLE_DEPTH', '51'],
])('rejects %s=%s, which would be no limit', async (name, value) => {
  expect(await problemsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
});

test('responses of subgraphs have a default limit', async () => {
  const limitOf = async (env: object) => (await read({ ...env })).connectionLimits.maxResponseBytes;
  expect(await limitOf({})).toBe(8 * 2 ** 20);
  expect(await limitOf({ SUBGRAPH_ANSWER_MAX_BYTES: '32 MiB' })).toBe(32 * 2 ** 20);
});

test('GraphiQL shows images of the origin of PUBLIC_MEDIA_URL', async () => {
  expect((await read({})).imageOrigin).toBeUndefined();
  const { imageOrigin } = await read({ PUBLIC_MEDIA_URL: 'https://cdn.example:8443/media/' });
  expect(imageOrigin).toBe('https://cdn.example:8443');
  expect(await problemsOf({ PUBLIC_MEDIA_URL: 'cdn.example' })).toEqual([
    expect.stringContaining('PUBLIC_MEDIA_URL'),
  ]);
});

const provider = { LIBRARY_OIDC_ISSUER: 'https://id.example/', LIBRARY_OIDC_CLIENT_ID: 'library' };

test('the library signs in with the provider of its settings', async () => {
  const { library } = await read({
    ...production,
    ...provider,
    LIBRARY_OIDC_SCOPE: 'openid offline_access media:read',
    LIBRARY_OIDC_RESOURCE: 'https://graph.example',
    PUBLIC_MEDIA_URL: 'https://cdn.example/files/',
  });
  expect(library).toEqual({
    signIn: {
      issuer: 'https://id.example/',
      clientId: 'library',
      scope: 'openid offline_access media:read',
      audience: null,
      resource: 'https://graph.example',
    },
    pickerOrigins: [],
    mediaOrigins: ['https://cdn.example'],
  });
  expect((await read({ LIBRARY_OIDC_ISSUER: '' })).library.signIn).toBeNull();
});

test.each([
  [{ LIBRARY_OIDC_ISSUER: 'https://id.example' }, 'LIBRARY_OIDC_CLIENT_ID: must be set together'],
  [{ LIBRARY_OIDC_CLIENT_ID: 'library' }, 'LIBRARY_OIDC_CLIENT_ID: must be set together'],
  [
    { ...provider, LIBRARY_OIDC_ISSUER: 'http://id.example' },
    'LIBRARY_OIDC_ISSUER: must be an https',
  ],
  [{ ...provider, LIBRARY_OIDC_ISSUER: 'https://id.example/?a=b' }, 'LIBRARY_OIDC_ISSUER: must be'],
  [{ ...provider, LIBRARY_OIDC_ISSUER: 'id.example' }, 'LIBRARY_OIDC_ISSUER: must be an https'],
  [{ ...provider, LIBRARY_OIDC_SCOPE: 'media:read' }, 'LIBRARY_OIDC_SCOPE: must contain openid'],
  [{ ...provider, LIBRARY_OIDC_RESOURCE: 'media' }, 'LIBRARY_OIDC_RESOURCE: must be a URL'],
  [
    { LIBRARY_PICKER_ORIGINS: 'https://admin.example/' },
    'LIBRARY_PICKER_ORIGINS: "https://admin.example/" must be an origin',
  ],
  [{ LIBRARY_PICKER_ORIGINS: '*' }, 'LIBRARY_PICKER_ORIGINS: "*" must be an origin'],
  [
    { LIBRARY_CONNECT_ORIGINS: "https://a.example; script-src 'unsafe-inline'" },
    'LIBRARY_CONNECT_ORIGINS: "https://a.example;',
  ],
])('settings of the library that would not work are reported: %j', async (env, problem) => {
  expect(await problemsOf(env)).toEqual([expect.stringContaining(problem)]);
});
