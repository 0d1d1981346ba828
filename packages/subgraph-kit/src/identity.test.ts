import { SignJWT, decodeJwt } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
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
afterEach(() => vi.useRealTimers());

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

test('a token contains the subject, the store and the scopes', async () => {
  const caller = await verifier.verify(await bearer());
  expect(caller).toMatchObject({ subject: 'ann', storeId: 'demo', issuer: 'gateway' });
  expect(hasScope(caller, 'media:write')).toBe(true);
  expect(hasScope(caller, 'media:delete')).toBe(false);
});

test('rejects a token for another subgraph', async () => {
  const catalog = createTokenVerifier({ secrets: [SECRET], audience: 'catalog' });
  await expect(catalog.verify(await bearer())).rejects.toThrow(UnauthenticatedError);
});

test('rejects a token that a consumer signs as the gateway', async () => {
  const token = await forged({ key: deriveKey(SECRET, 'token/catalog/cms') });
  await expect(verifier.verify(`Bearer ${token}`)).rejects.toThrow(UnauthenticatedError);
});

test.each([
  ['expired', { seconds: -100 }],
  ['for a store whose id could be a path', { storeId: '../other' }],
  [
    'signed with another secret',
    { key: deriveKey('another secret altogether, 32 long', 'token/gateway/cms') },
  ],
])('rejects a token that is %s', async (_what, options) => {
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
])('rejects the header %j', async (header) => {
  await expect(verifier.verify(header)).rejects.toThrow(UnauthenticatedError);
});

test('rejects a token without an algorithm', async () => {
  const [, payload] = (await forged()).split('.');
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  await expect(verifier.verify(`Bearer ${header}.${payload}.`)).rejects.toThrow(
    UnauthenticatedError,
  );
});

test('during a rotation both secrets are accepted, and the first one signs', async () => {
  const next = 'the next secret of thirty-two characters or more';
  const rotating = createTokenVerifier({ secrets: [next, SECRET], audience: 'cms' });
  const nextMinter = createTokenMinter({ secrets: [next, SECRET], issuer: 'gateway' });
  await expect(rotating.verify(await bearer())).resolves.toMatchObject({ storeId: 'demo' });
  const token = await nextMinter.mint(claims);
  await expect(rotating.verify(`Bearer ${token}`)).resolves.toMatchObject({ storeId: 'demo' });
  await expect(verifier.verify(`Bearer ${token}`)).rejects.toThrow(UnauthenticatedError);
});

test('accepts a token of a machine whose clock is a minute off', async () => {
  const now = 1_000_000_000_000;
  for (const seconds of [-60, 60]) {
    vi.useFakeTimers({ now: now + seconds * 1000 });
    const other = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
    const token = await other.mint(claims);
    vi.setSystemTime(now);
    await expect(verifier.verify(`Bearer ${token}`)).resolves.toMatchObject({ subject: 'ann' });
    vi.setSystemTime(now + 29_000);
    await expect(
      createTokenVerifier({ secrets: [SECRET], audience: 'cms' }).verify(`Bearer ${token}`),
    ).resolves.toMatchObject({ subject: 'ann' });
  }
});

test('reuses a token for half of its lifetime', async () => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  const fresh = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
  const first = await fresh.mint(claims);
  vi.advanceTimersByTime(29_000);
  expect(await fresh.mint(claims)).toBe(first);
  await expect(verifier.verify(`Bearer ${first}`)).resolves.toMatchObject({ subject: 'ann' });
  vi.advanceTimersByTime(2_000);
  const second = await fresh.mint(claims);
  expect(second).not.toBe(first);
  vi.advanceTimersByTime(29_500 + 90_000);
  await expect(verifier.verify(`Bearer ${first}`)).rejects.toThrow(UnauthenticatedError);
  await expect(verifier.verify(`Bearer ${second}`)).resolves.toMatchObject({ subject: 'ann' });
});

test.each([
  { audience: 'catalog' },
  { subject: 'bob' },
  { storeId: 'other' },
  { scope: 'media:read' },
  { subject: 'ann","demo', storeId: 'x' },
])('creates a separate token for %j', async (other) => {
  const [ours, theirs] = [await minter.mint(claims), await minter.mint({ ...claims, ...other })];
  expect(theirs).not.toBe(ours);
  const audience = other.audience ?? 'cms';
  const { aud, sub, store_id: storeId, scope } = decodeJwt(theirs);
  expect({ audience: aud, subject: sub, storeId, scope }).toEqual({
    ...claims,
    ...other,
    audience,
  });
});

test('keeps two thousand tokens and removes the least recently used one', async () => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  const fresh = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
  const mintFor = (subject: string) => fresh.mint({ ...claims, subject });
  const [often, once] = [await mintFor('often'), await mintFor('once')];
  // Tokens of different seconds differ.
  vi.advanceTimersByTime(1_000);
  for (let number = 0; number < 2_000; number += 1) {
    await mintFor(`someone ${number}`);
    expect(await mintFor('often')).toBe(often);
  }
  expect(await mintFor('once')).not.toBe(once);
});

test('the longest accepted scope fits into an accepted token', async () => {
  const longest = { ...claims, subject: '\u{10ffff}'.repeat(255), scope: 'x'.repeat(4_096) };
  const token = await minter.mint({ ...longest, storeId: 'x'.repeat(64) });
  await expect(verifier.verify(`Bearer ${token}`)).resolves.toMatchObject({ issuer: 'gateway' });
});
