import {
  ServiceUnavailableError,
  UnauthenticatedError,
} from '@federated-media/subgraph-kit/errors';
import type { RequestListener } from 'node:http';
import { exportJWK, jwtVerify } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
import { type RemoteKeysOptions, createRemoteKeys } from './remote-keys.ts';
import { identify, identityOf, issuerKey, serveKeys, silent } from './testing/tokens.ts';

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof serveKeys>[0]) {
  const served = await serveKeys(answer);
  servers.push(served);
  return served;
}

/** Keys that are fetched whenever it could help, except for the given options. */
const keysOf = (url: string, options: Partial<RemoteKeysOptions> = {}) => {
  const keys = createRemoteKeys({ url, logger: silent, cooldownMs: 0, ...options });
  return { subjectOf: async (token: string) => (await jwtVerify(token, keys)).payload.sub };
};

const down: RequestListener = (_request, response) => void response.writeHead(500).end();

test('verifies tokens with the key of their key id, which is fetched once', async () => {
  const [one, two] = [await issuerKey('one'), await issuerKey('two', 'RS256')];
  const server = await serve([one.jwk, two.jwk]);
  const identity = identityOf(server.keys);
  const callers = await Promise.all(
    [one, two, one, two].map(async ({ sign }) =>
      identity.identify({ authorization: `Bearer ${await sign()}` }),
    ),
  );
  expect(callers.map(({ subject }) => subject)).toEqual(['ann', 'ann', 'ann', 'ann']);
  expect(server.requests).toBe(1);
});

test('accepts a new key and rejects a removed one without a restart', async () => {
  const [old, next] = [await issuerKey('old'), await issuerKey('next')];
  const server = await serve([old.jwk]);
  const { subjectOf } = keysOf(server.keys.url);
  expect(await subjectOf(await old.sign())).toBe('ann');

  server.answer = [next.jwk];
  expect(await subjectOf(await next.sign())).toBe('ann');
  expect(server.requests).toBe(2);
  await expect(subjectOf(await old.sign())).rejects.toThrow('no applicable key');
});

test('fetches old keys again and uses them meanwhile', async () => {
  const [old, next] = [await issuerKey('old'), await issuerKey('next')];
  const server = await serve([old.jwk]);
  const { subjectOf } = keysOf(server.keys.url, { freshMs: 0 });
  await subjectOf(await old.sign());
  server.answer = [next.jwk];
  await subjectOf(await old.sign());
  await expect.poll(() => server.requests).toBe(2);
  await vi.waitFor(async () => {
    await expect(subjectOf(await old.sign())).rejects.toThrow('no applicable key');
  });
});

test('unknown key ids do not cause many fetches', async () => {
  const key = await issuerKey('k1');
  const server = await serve([key.jwk]);
  const identity = identityOf(server.keys);
  const asking = async (kid: string) => {
    const authorization = `Bearer ${await key.sign({ header: { kid } })}`;
    return identity.identify({ authorization });
  };
  for (let round = 0; round < 3; round += 1) {
    const made = Array.from({ length: 20 }, (_none, number) => asking(`made-up-${number}`));
    await Promise.all(made.map((answer) => expect(answer).rejects.toThrow(UnauthenticatedError)));
  }
  expect(await asking('k1')).toMatchObject({ subject: 'ann' });
  expect(server.requests).toBe(1);
});

test('without the issuer, known keys work, and an unknown key id is a temporary failure', async () => {
  const [known, unknown] = [await issuerKey('known'), await issuerKey('unknown')];
  const server = await serve([known.jwk]);
  const { subjectOf } = keysOf(server.keys.url, { freshMs: 0 });
  await subjectOf(await known.sign());
  server.answer = down;
  expect(await subjectOf(await known.sign())).toBe('ann');
  await expect(subjectOf(await unknown.sign())).rejects.toThrow(ServiceUnavailableError);
  expect(await subjectOf(await known.sign())).toBe('ann');

  server.answer = [known.jwk, unknown.jwk];
  expect(await subjectOf(await unknown.sign())).toBe('ann');
});

test('does not fetch for each request when the issuer is down', async () => {
  const key = await issuerKey('k1');
  const server = await serve(down);
  const { subjectOf } = keysOf(server.keys.url, { cooldownMs: 60_000 });
  for (let round = 0; round < 5; round += 1) {
    await expect(subjectOf(await key.sign())).rejects.toThrow(ServiceUnavailableError);
  }
  expect(server.requests).toBe(1);
});

test('does not use keys that could not be fetched for too long', async () => {
  const key = await issuerKey('k1');
  const server = await serve([key.jwk]);
  const { subjectOf } = keysOf(server.keys.url, { staleMs: 50, freshMs: 60_000 });
  await subjectOf(await key.sign());
  server.answer = down;
  await vi.waitFor(async () => {
    await expect(subjectOf(await key.sign())).rejects.toThrow(ServiceUnavailableError);
  });
  server.answer = [key.jwk];
  expect(await subjectOf(await key.sign())).toBe('ann');
});

test.each<[string, RequestListener]>([
  ['is broken', down],
  ['is no JSON', (_request, response) => void response.end('<html>')],
  ['is no key set', (_request, response) => void response.end('{"keys": 7}')],
  [
    'is somewhere else',
    (_request, response) => void response.writeHead(302, { location: '/' }).end(),
  ],
  ['hangs up', ({ socket }) => void socket.destroy()],
  ['never ends', (_request, response) => void response.write('{"keys": [')],
  ['is huge', (_request, response) => void response.end(`{"keys": []}${' '.repeat(1_000_000)}`)],
])('a key set that %s is a failure of the server, not of the token', async (_what, listener) => {
  const key = await issuerKey('k1');
  const { keys } = await serve(listener);
  const { subjectOf } = keysOf(keys.url, { timeoutMs: 200 });
  await expect(subjectOf(await key.sign())).rejects.toThrow(ServiceUnavailableError);
});

test('tries a token without a key id with all keys of its type', async () => {
  const [one, two] = [await issuerKey(), await issuerKey()];
  const { keys } = await serve([one.jwk, two.jwk]);
  expect(await identify(keys, await two.sign())).toMatchObject({ subject: 'ann' });
  const stranger = await issuerKey();
  await expect(identify(keys, await stranger.sign())).rejects.toThrow(UnauthenticatedError);
});

test('keys for other purposes and secret keys verify no token', async () => {
  const [key, other] = [await issuerKey('k1'), await issuerKey('k2')];
  const leaked = { ...(await exportJWK(key.privateKey)), kid: 'k1' };
  const { keys } = await serve([leaked, { ...other.jwk, use: 'enc' }]);
  await expect(identify(keys, await key.sign())).rejects.toThrow(UnauthenticatedError);
});
