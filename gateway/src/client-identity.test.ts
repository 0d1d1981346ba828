import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnauthenticatedError } from '@federated-media/subgraph-kit/errors';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { type ClientKeys, createClientIdentity, isLoopback } from './client-identity.ts';

const SECRET = 'the clients’ secret, which is long enough';
const INTERNAL = ['an internal secret, which is long enough', 'the one before, which is as long'];
const anonymous: ClientKeys = { kind: 'development', internalSecrets: INTERNAL, anonymous: true };
const bySecret: ClientKeys = { kind: 'secret', secret: SECRET };

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Token {
  claims?: Record<string, unknown>;
  expiresIn?: string;
  issuer?: string;
  audience?: string;
}

const good = { sub: 'ann', store_id: 'shoes', scope: 'media:read media:write' };

function unsigned({ claims = good, expiresIn = '1h', issuer, audience }: Token = {}) {
  const token = new SignJWT(claims).setIssuedAt().setExpirationTime(expiresIn);
  if (issuer) token.setIssuer(issuer);
  if (audience) token.setAudience(audience);
  return token;
}

const signed = (token: Token = {}, secret: string | Uint8Array = SECRET) =>
  unsigned(token)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(typeof secret === 'string' ? new TextEncoder().encode(secret) : secret);

const identify = (keys: ClientKeys, token: string | undefined, host = 'localhost:4000') =>
  createClientIdentity({ keys }).identify({
    host,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  });

async function serveKeys(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  return { kind: 'jwks', url } satisfies ClientKeys;
}

test('a token says who asks, for which store, and what for', async () => {
  expect(await identify(bySecret, await signed({ issuer: 'https://id.example' }))).toEqual({
    subject: 'ann',
    storeId: 'shoes',
    scopes: new Set(['media:read', 'media:write']),
    issuer: 'https://id.example',
  });
});

test.each([
  ['is signed with another key', () => signed({}, 'another secret, which is long enough')],
  ['has expired', () => signed({ expiresIn: '-1m' })],
  ['has no subject', () => signed({ claims: { ...good, sub: undefined } })],
  ['has no store', () => signed({ claims: { ...good, store_id: undefined } })],
  ['has no scope', () => signed({ claims: { ...good, scope: undefined } })],
  ['has a list of scopes', () => signed({ claims: { ...good, scope: ['media:read'] } })],
  ['has a number for a store', () => signed({ claims: { ...good, store_id: 7 } })],
  ['names a store that is a path', () => signed({ claims: { ...good, store_id: '../shoes' } })],
  ['names an empty store', () => signed({ claims: { ...good, store_id: '' } })],
  ['names an endless store', () => signed({ claims: { ...good, store_id: 'x'.repeat(65) } })],
  ['is not signed', async () => new UnsecuredJWT(good).encode()],
  ['was cut short', async () => (await signed()).slice(0, -5)],
  ['was changed', async () => (await signed()).replace('.', '.e')],
  ['is nonsense', async () => 'nonsense'],
  ['is endless', async () => 'x'.repeat(10_000)],
  ['is empty', async () => ''],
])('a token that %s is refused', async (_what, makeToken) => {
  const token = await makeToken();
  await expect(identify(bySecret, token)).rejects.toThrow(UnauthenticatedError);
  await expect(identify(anonymous, token)).rejects.toThrow(UnauthenticatedError);
});

test.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'bearer a b', 'token', ''])(
  'the header "%s" is no way in, in development mode neither',
  async (authorization) => {
    const identity = createClientIdentity({ keys: anonymous });
    const asking = identity.identify({ authorization, host: 'localhost' });
    await expect(asking).rejects.toThrow(UnauthenticatedError);
  },
);

test('no token is no way in outside development', async () => {
  await expect(identify(bySecret, undefined)).rejects.toThrow(UnauthenticatedError);
});

const checked = createClientIdentity({ keys: bySecret, issuer: 'us', audience: 'media' });

test('with an issuer and an audience to check, a token needs both', async () => {
  const authorization = `Bearer ${await signed({ issuer: 'us', audience: 'media' })}`;
  expect(await checked.identify({ authorization })).toMatchObject({ subject: 'ann', issuer: 'us' });
});

test.each([
  {},
  { issuer: 'us' },
  { audience: 'media' },
  { issuer: 'them', audience: 'media' },
  { issuer: 'us', audience: 'other' },
])('with an issuer and an audience to check, a token of %j is refused', async (token) => {
  const authorization = `Bearer ${await signed(token)}`;
  await expect(checked.identify({ authorization })).rejects.toThrow(UnauthenticatedError);
});

test('a client’s own wildcard means nothing outside development', async () => {
  const token = await signed({ claims: { ...good, scope: '* media:read' } });
  expect((await identify(bySecret, token)).scopes).toEqual(new Set(['media:read']));
});

test.each(INTERNAL)(
  'development mode takes tokens of the development key of "%s"',
  async (secret) => {
    const token = await signed({ claims: { ...good, scope: '*' } }, deriveKey(secret, 'client'));
    const caller = await identify(anonymous, token);
    expect([caller.storeId, caller.scopes]).toEqual(['shoes', new Set(['*'])]);
  },
);

test('a key that is derived for something else signs no client token', async () => {
  const token = await signed({}, deriveKey(INTERNAL[0]!, 'token/gateway/media'));
  await expect(identify(anonymous, token)).rejects.toThrow(UnauthenticatedError);
  await expect(
    identify(bySecret, await signed({}, deriveKey(INTERNAL[0]!, 'client'))),
  ).rejects.toThrow(UnauthenticatedError);
});

test.each(['localhost', 'LOCALHOST:4000', '127.0.0.1:4000', '127.1.2.3', '[::1]:4000', '[::1]'])(
  'in development mode, %s needs no token',
  async (host) => {
    expect(await identify(anonymous, undefined, host)).toMatchObject({
      storeId: 'demo',
      scopes: new Set(['*']),
    });
  },
);

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example:4000',
  'localhost@evil.example',
  '192.168.1.2',
  '0.0.0.0',
  '[::]',
  'xlocalhost',
  '',
])('in development mode, "%s" (DNS rebinding) needs a token', async (host) => {
  await expect(identify(anonymous, undefined, host)).rejects.toThrow(UnauthenticatedError);
});

test('in development mode away from the loopback interface, a token is needed', async () => {
  const keys: ClientKeys = { ...anonymous, anonymous: false };
  await expect(identify(keys, undefined)).rejects.toThrow(UnauthenticatedError);
});

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
])('listening on %s is the loopback interface: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('with a key set, tokens are verified by the key they name', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' };
  const keys = await serveKeys((_request, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  const sign = (header: { alg: string; kid: string }) =>
    unsigned().setProtectedHeader(header).sign(privateKey);

  expect(await identify(keys, await sign({ alg: 'RS256', kid: 'k1' }))).toMatchObject({
    subject: 'ann',
  });
  await expect(identify(keys, await sign({ alg: 'RS256', kid: 'k2' }))).rejects.toThrow(
    UnauthenticatedError,
  );
});

test('with a key set, a token signed with the public key as a secret is refused', async () => {
  const { publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const keys = await serveKeys((_request, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  await expect(identify(keys, await signed({}, JSON.stringify(jwk)))).rejects.toThrow(
    UnauthenticatedError,
  );
});

test.each<[string, RequestListener]>([
  ['is broken', (_request, response) => void response.writeHead(500).end()],
  ['is no JSON', (_request, response) => void response.end('<html>')],
  ['hangs up', ({ socket }) => void socket.destroy()],
])('a key set that %s is our failure, not the token’s', async (_what, listener) => {
  const { privateKey } = await generateKeyPair('ES256');
  const token = await unsigned().setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
  const error: unknown = await identify(await serveKeys(listener), token).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(UnauthenticatedError);
});
