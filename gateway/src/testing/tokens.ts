import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
  exportJWK,
  generateKeyPair,
} from 'jose';
import { pino } from 'pino';
import { type ClientKeys, createClientIdentity } from '../client-identity.ts';

export const SECRET = 'the clients’ secret, which is long enough';
export const bySecret: ClientKeys = { kind: 'secret', secret: SECRET };
export const good = { sub: 'ann', store_id: 'shoes', scope: 'media:read media:write' };
export const silent = pino({ level: 'silent' });
export const HOUR = 3_600;

interface Token {
  /** `exp` and `iat` are seconds from now. */
  claims?: Record<string, unknown>;
  header?: Partial<JWTHeaderParameters>;
}

/** A valid token for one hour, except for the given claims. */
const unsigned = ({ claims = {}, header = {} }: Token = {}) => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...good, iat: now, exp: now + HOUR, ...claims }).setProtectedHeader({
    alg: 'HS256',
    ...header,
  });
};

export const signed = (token: Token = {}, secret: string | Uint8Array = SECRET) =>
  unsigned(token).sign(typeof secret === 'string' ? new TextEncoder().encode(secret) : secret);

export const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

export const identityOf = (
  keys: ClientKeys,
  options: Partial<Parameters<typeof createClientIdentity>[0]> = {},
) =>
  createClientIdentity({
    keys,
    maxTokenAgeSeconds: 24 * HOUR,
    clockSkewSeconds: 5,
    logger: silent,
    ...options,
  });

/** The caller of `token`. */
export const identify = (keys: ClientKeys, token: string | undefined, host = 'localhost:4000') =>
  identityOf(keys).identify({
    host,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  });

/** A key pair of an issuer, with the public part as in its key set. */
export async function issuerKey(kid?: string, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid }) };
  const sign = (token: Token = {}, key: CryptoKey = privateKey) =>
    unsigned({
      ...token,
      header: { alg, ...(kid !== undefined && { kid }), ...token.header },
    }).sign(key);
  return { jwk, privateKey, sign };
}

/** The key server of an issuer; `answer` can be changed while it runs. */
export async function serveKeys(answer: RequestListener | JWK[]) {
  const served = {
    answer,
    requests: 0,
    keys: { kind: 'jwks', url: '' } satisfies ClientKeys,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  const server = createServer((request, response) => {
    served.requests += 1;
    if (typeof served.answer === 'function') served.answer(request, response);
    else response.end(JSON.stringify({ keys: served.answer }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  served.keys.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  return served;
}
