import { rm } from 'node:fs/promises';
import { deriveKey, resolveSecret } from '@federated-media/subgraph-kit/secrets';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mintClientToken } from './client-token.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const request = { storeId: 'demo', scope: 'media:read', subject: 'me', lifeSeconds: 60 };
let dataDir: string;

beforeEach(async () => {
  dataDir = await temporaryFolder();
});

afterEach(() => rm(dataDir, { recursive: true }));

test('without settings, the token is signed with the client key of the secret in DATA_DIR', async () => {
  const token = await mintClientToken(request, { env: {}, dataDir });
  const [secret = ''] = await resolveSecret({
    name: 'INTERNAL_SECRET',
    dataDir,
    production: false,
  });
  const { payload } = await jwtVerify(token, deriveKey(secret, 'client'), { subject: 'me' });
  expect(payload).toMatchObject({ store_id: 'demo', scope: 'media:read' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
});

test('with a shared secret, the token is signed with it, for its issuer and audience', async () => {
  const env = {
    AUTH_JWT_SECRET: 'x'.repeat(32),
    AUTH_ISSUER: 'https://id',
    AUTH_AUDIENCE: 'graph',
  };
  const token = await mintClientToken(request, { env, dataDir });
  const key = new TextEncoder().encode(env.AUTH_JWT_SECRET);
  const checks = { issuer: 'https://id', audience: 'graph', algorithms: ['HS256'] };
  await expect(jwtVerify(token, key, checks)).resolves.toBeDefined();
});

test.for([
  [{ storeId: 'de/mo' }, {}, 'Invalid store "de/mo"'],
  [{ storeId: '' }, {}, 'Invalid store ""'],
  [{}, { AUTH_JWKS_URL: 'https://id/keys' }, 'only the owner of its keys can create tokens'],
  [{}, { NODE_ENV: 'production' }, 'INTERNAL_SECRET: must be set in production'],
] as const)('rejects %j with %j', async ([change, env, reason]) => {
  const minted = mintClientToken({ ...request, ...change }, { env, dataDir });
  await expect(minted).rejects.toThrow(reason);
});
