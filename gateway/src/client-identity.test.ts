import { UnauthenticatedError } from '@federated-media/subgraph-kit/errors';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import { UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import type { ClientKeys } from './client-identity.ts';
import {
  HOUR,
  bySecret,
  good,
  identify,
  identityOf,
  secondsFromNow,
  signed,
} from './testing/tokens.ts';

const INTERNAL = ['an internal secret, which is long enough', 'the one before, which is as long'];
const anonymous: ClientKeys = { kind: 'development', internalSecrets: INTERNAL, anonymous: true };
const claiming = (claims: Record<string, unknown>) => () => signed({ claims });

test('a token says who asks, for which store, and what for', async () => {
  expect(await identify(bySecret, await signed({ claims: { iss: 'https://id.example' } }))).toEqual(
    {
      subject: 'ann',
      storeId: 'shoes',
      scopes: new Set(['media:read', 'media:write']),
      issuer: 'https://id.example',
    },
  );
});

test.each([
  ['is signed with another key', () => signed({}, 'another secret, which is long enough')],
  ['has no subject', claiming({ sub: undefined })],
  ['has an empty subject', claiming({ sub: '' })],
  ['has a number for a subject', claiming({ sub: 7 })],
  ['has an endless subject', claiming({ sub: 'x'.repeat(256) })],
  ['has a subject no database keeps', claiming({ sub: 'ann\0' })],
  ['has half a character for a subject', claiming({ sub: '\ud800' })],
  ['has no store', claiming({ store_id: undefined })],
  ['has a number for a store', claiming({ store_id: 7 })],
  ['has a list of stores', claiming({ store_id: ['shoes'] })],
  ['names a store that is a path', claiming({ store_id: '../shoes' })],
  ['names a store with a line’s end', claiming({ store_id: 'shoes\n' })],
  ['names an empty store', claiming({ store_id: '' })],
  ['names an endless store', claiming({ store_id: 'x'.repeat(65) })],
  ['has no scope', claiming({ scope: undefined })],
  ['has a list of scopes', claiming({ scope: ['media:read'] })],
  ['has scopes on two lines', claiming({ scope: 'media:read\nmedia:write' })],
  ['has endless scopes', claiming({ scope: 'x '.repeat(2_500) })],
  ['has a number for an issuer', claiming({ iss: 7 })],
  ['is not signed', async () => new UnsecuredJWT({ ...good, exp: secondsFromNow(60) }).encode()],
  ['was cut short', async () => (await signed()).slice(0, -5)],
  ['was changed', async () => (await signed()).replace('.', '.e')],
  ['is nonsense', async () => 'nonsense'],
  ['is empty', async () => ''],
])('a token that %s is refused', async (_what, makeToken) => {
  const token = await makeToken();
  await expect(identify(bySecret, token)).rejects.toThrow(UnauthenticatedError);
  await expect(identify(anonymous, token)).rejects.toThrow(UnauthenticatedError);
});

const at = secondsFromNow;
test.each<[string, () => Record<string, unknown>]>([
  ['has expired', () => ({ exp: at(-60) })],
  ['never expires', () => ({ exp: undefined })],
  ['expires at the end of time', () => ({ iat: undefined, exp: 1e300 })],
  ['says in words when it expires', () => ({ exp: String(at(60)) })],
  ['holds later', () => ({ nbf: at(60) })],
  ['says in words from when it holds', () => ({ nbf: String(at(-60)) })],
  ['is made later', () => ({ iat: at(60) })],
  ['says in words when it was made', () => ({ iat: String(at(0)) })],
  ['is older than a day', () => ({ iat: at(-25 * HOUR) })],
  ['hides its age, and holds for years', () => ({ iat: undefined, exp: at(25 * HOUR) })],
])('a token that %s is refused', async (_what, claims) => {
  const token = await signed({ claims: claims() });
  await expect(identify(bySecret, token)).rejects.toThrow(UnauthenticatedError);
});

test.each<[string, () => Record<string, unknown>]>([
  ['holds already', () => ({ nbf: at(-60) })],
  ['is almost a day old', () => ({ iat: at(-23 * HOUR) })],
  ['does not say when it was made', () => ({ iat: undefined })],
  ['has expired this moment by the issuer’s slow clock', () => ({ exp: at(-2) })],
  ['is made in a moment by the issuer’s fast clock', () => ({ iat: at(3), nbf: at(3) })],
])('a token that %s is taken', async (_what, claims) => {
  const token = await signed({ claims: claims() });
  await expect(identify(bySecret, token)).resolves.toMatchObject({ subject: 'ann' });
});

test('how old a token may be, and how far clocks may differ, are settings', async () => {
  const bearing = async (claims: Record<string, unknown>) => ({
    authorization: `Bearer ${await signed({ claims })}`,
  });
  const strict = identityOf(bySecret, { maxTokenAgeSeconds: 600, clockSkewSeconds: 0 });
  const lax = identityOf(bySecret, { maxTokenAgeSeconds: 48 * HOUR, clockSkewSeconds: 120 });
  for (const claims of [{ iat: at(-900) }, { exp: at(-60) }, { nbf: at(60) }]) {
    await expect(strict.identify(await bearing(claims))).rejects.toThrow(UnauthenticatedError);
    await expect(lax.identify(await bearing(claims))).resolves.toMatchObject({ subject: 'ann' });
  }
});

test.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'bearer a b', 'token', ''])(
  'the header "%s" is no way in, in development mode neither',
  async (authorization) => {
    const asking = identityOf(anonymous).identify({ authorization, host: 'localhost' });
    await expect(asking).rejects.toThrow(UnauthenticatedError);
  },
);

test('no token is no way in outside development', async () => {
  await expect(identify(bySecret, undefined)).rejects.toThrow(UnauthenticatedError);
});

const checked = identityOf(bySecret, { issuer: 'us', audience: 'media' });

test.each(['media', ['other', 'media']])(
  'with an issuer and an audience to check, a token for %j is taken',
  async (aud) => {
    const authorization = `Bearer ${await signed({ claims: { iss: 'us', aud } })}`;
    const caller = await checked.identify({ authorization });
    expect(caller).toMatchObject({ subject: 'ann', issuer: 'us' });
  },
);

test.each([
  {},
  { iss: 'us' },
  { aud: 'media' },
  { iss: 'them', aud: 'media' },
  { iss: ['us'], aud: 'media' },
  { iss: 'us', aud: 'other' },
  { iss: 'us', aud: ['other'] },
  { iss: 'us', aud: { media: true } },
])('with an issuer and an audience to check, a token of %j is refused', async (claims) => {
  const authorization = `Bearer ${await signed({ claims })}`;
  await expect(checked.identify({ authorization })).rejects.toThrow(UnauthenticatedError);
});

test('a client’s own wildcard means nothing outside development', async () => {
  const token = await signed({ claims: { scope: '* media:read' } });
  expect((await identify(bySecret, token)).scopes).toEqual(new Set(['media:read']));
});

test.each(INTERNAL)(
  'development mode takes tokens of the development key of "%s"',
  async (secret) => {
    const token = await signed({ claims: { scope: '*' } }, deriveKey(secret, 'client'));
    const caller = await identify(anonymous, token);
    expect([caller.storeId, caller.scopes]).toEqual(['shoes', new Set(['*'])]);
  },
);

test('a key that is derived for something else signs no client token', async () => {
  const token = await signed({}, deriveKey(INTERNAL[0]!, 'token/gateway/media'));
  await expect(identify(anonymous, token)).rejects.toThrow(UnauthenticatedError);
  const development = await signed({}, deriveKey(INTERNAL[0]!, 'client'));
  await expect(identify(bySecret, development)).rejects.toThrow(UnauthenticatedError);
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
