import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { UnauthenticatedError } from './errors.ts';
import { createTokenMinter, createTokenVerifier, hasScope } from './identity.ts';
import { deriveKey } from './secrets.ts';

const SECRET = 'a secret of at least thirty-two characters';
const claims = {
  audience: 'cms',
  subject: 'ann',
  storeId: 'demo',
  scope: 'media:read media:write',
};
const minter = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
const verifier = createTokenVerifier({ secrets: [SECRET], audience: 'cms' });
const bearer = async () => `Bearer ${await minter.mint(claims)}`;

function forged({
  key = deriveKey(SECRET, 'token/gateway/cms'),
  storeId = 'demo',
  seconds = 60,
} = {}) {
  return new SignJWT({ store_id: storeId, scope: '' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('gateway')
    .setAudience('cms')
    .setSubject('ann')
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(key);
}

test('a minted token says who calls, for which store and with which scopes', async () => {
  const caller = await verifier.verify(await bearer());
  expect(caller).toMatchObject({ subject: 'ann', storeId: 'demo', issuer: 'gateway' });
  expect(hasScope(caller, 'media:write')).toBe(true);
  expect(hasScope(caller, 'media:delete')).toBe(false);
});

test('a token for another subgraph is refused', async () => {
  const catalog = createTokenVerifier({ secrets: [SECRET], audience: 'catalog' });
  await expect(catalog.verify(await bearer())).rejects.toThrow(UnauthenticatedError);
});

test('a consumer’s key does not sign for the gateway', async () => {
  const token = await forged({ key: deriveKey(SECRET, 'token/catalog/cms') });
  await expect(verifier.verify(`Bearer ${token}`)).rejects.toThrow(UnauthenticatedError);
});

test.each([
  ['expired', { seconds: -60 }],
  ['for a store whose id could be a path', { storeId: '../other' }],
  [
    'signed with another secret',
    { key: deriveKey('another secret altogether, 32 long', 'token/gateway/cms') },
  ],
])('a token that is %s is refused', async (_what, options) => {
  await expect(verifier.verify(`Bearer ${await forged(options)}`)).rejects.toThrow(
    UnauthenticatedError,
  );
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Basic YTpi',
  'Bearer a.b',
  'Bearer a.b.c',
  `Bearer ${'x'.repeat(9000)}`,
])('the header %j is refused', async (header) => {
  await expect(verifier.verify(header)).rejects.toThrow(UnauthenticatedError);
});

test('a token without algorithm is refused', async () => {
  const [, payload] = (await forged()).split('.');
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  await expect(verifier.verify(`Bearer ${header}.${payload}.`)).rejects.toThrow(
    UnauthenticatedError,
  );
});

test('while secrets are rotated both are taken, and the first signs', async () => {
  const next = 'the next secret of thirty-two characters or more';
  const rotating = createTokenVerifier({ secrets: [next, SECRET], audience: 'cms' });
  const nextMinter = createTokenMinter({ secrets: [next, SECRET], issuer: 'gateway' });
  await expect(rotating.verify(await bearer())).resolves.toMatchObject({ storeId: 'demo' });
  const token = await nextMinter.mint(claims);
  await expect(rotating.verify(`Bearer ${token}`)).resolves.toMatchObject({ storeId: 'demo' });
  await expect(verifier.verify(`Bearer ${token}`)).rejects.toThrow(UnauthenticatedError);
});
