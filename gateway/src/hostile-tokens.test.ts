import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { request } from 'node:http';
import { deflateRawSync } from 'node:zlib';
import { UnauthenticatedError } from '@federated-media/subgraph-kit/errors';
import { CompactEncrypt, CompactSign, exportJWK, exportSPKI, importJWK } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ask, closeAll, logLines, openPlatform } from './testing/platform.ts';
import {
  SECRET,
  bySecret,
  good,
  identify,
  issuerKey,
  secondsFromNow,
  serveKeys,
  signed,
} from './testing/tokens.ts';

afterEach(closeAll);

/** The keys of an attacker's server, and the number of requests to it. */
let theirs: Awaited<ReturnType<typeof serveKeys>>;
let attacker: Awaited<ReturnType<typeof issuerKey>>;
/** Our key, of which an attacker knows the public part. */
let issuers: Awaited<ReturnType<typeof serveKeys>>;
let issuer: Awaited<ReturnType<typeof issuerKey>>;
let elliptic: Awaited<ReturnType<typeof issuerKey>>;

beforeAll(async () => {
  attacker = await issuerKey('k1', 'RS256');
  issuer = await issuerKey('k1', 'RS256');
  elliptic = await issuerKey('k2', 'ES256');
  theirs = await serveKeys([attacker.jwk]);
  issuers = await serveKeys([issuer.jwk, elliptic.jwk]);
});
afterAll(() => {
  theirs.close();
  issuers.close();
});

const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => ({ ...good, exp: secondsFromNow(60), iat: secondsFromNow(0) });
const secretBytes = new TextEncoder().encode(SECRET);
const publicKeyOf = async () => importJWK(issuer.jwk, 'RS256', { extractable: true });

/** Valid as JWS but not as JWT: any payload or header. */
const signedBytes = (payload: string | Uint8Array, header: object = {}) =>
  new CompactSign(typeof payload === 'string' ? new TextEncoder().encode(payload) : payload)
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(secretBytes);

/** With an unusual header, signed with our secret. */
function signedHeader(header: string) {
  const input = `${Buffer.from(header).toString('base64url')}.${json(claims())}`;
  return `${input}.${createHmac('sha256', secretBytes).update(input).digest('base64url')}`;
}

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test('the tokens of these tests are valid without their faults', async () => {
  for (const token of [await signed(), signedHeader('{"alg":"HS256"}')]) {
    await expect(identify(bySecret, token)).resolves.toMatchObject({ subject: 'ann' });
  }
  for (const { sign } of [issuer, elliptic]) {
    await expect(identify(issuers.keys, await sign())).resolves.toMatchObject({ subject: 'ann' });
  }
});

test.each<[string, () => Promise<string>]>([
  ['that asks not to be verified', async () => `${json({ alg: 'none' })}.${json(claims())}.`],
  ['that spells "none" its way', async () => `${json({ alg: 'nOnE' })}.${json(claims())}.`],
  ['with several algorithms', async () => signedHeader('{"alg":["HS256"]}')],
  ['with no algorithm', async () => signedHeader('{}')],
  ['with another algorithm of the same secret', async () => signed({ header: { alg: 'HS512' } })],
  ['whose header says it twice', async () => signedHeader('{"alg":"HS256","alg":"none"}')],
  ['whose header is no object', async () => signedHeader('["HS256"]')],
  ['whose header is no JSON', async () => signedHeader('{"alg":"HS256"')],
  [
    'with a header to heed that we don’t know',
    async () => signedHeader('{"alg":"HS256","crit":["x"],"x":1}'),
  ],
  ['with nothing to heed', async () => signedHeader('{"alg":"HS256","crit":[]}')],
  ['that is not encoded', async () => signedHeader('{"alg":"HS256","crit":["b64"],"b64":false}')],
  ['whose claims are a list', () => signedBytes('[]')],
  ['whose claims are null', () => signedBytes('null')],
  ['whose claims are no UTF-8', () => signedBytes(new Uint8Array([0x7b, 0xff, 0x7d]))],
  ['whose claims are deep', () => signedBytes(deep(2_500))],
  ['whose header is deep', async () => signedHeader(`{"alg":"HS256","x":${deep(2_000)}`)],
  [
    'whose claims are its prototype’s',
    () => signedBytes(`{"__proto__":${JSON.stringify(claims())}}`),
  ],
  ['of 200 kB', () => signed({ claims: { padding: 'x'.repeat(150_000) } })],
  ['of nothing but dots', async () => '.'.repeat(8_000)],
  ['of two parts', async () => (await signed()).split('.').slice(0, 2).join('.')],
  ['of four parts', async () => `${await signed()}.`],
  ['with padding', async () => `${await signed()}=`],
  [
    'in the other base64',
    async () => (await signed()).replaceAll('-', '+').replaceAll('_', '/').concat('+'),
  ],
  ['whose signature is spelt another way', async () => respelt(await signed())],
])('rejects a token %s', async (_what, makeToken) => {
  await expect(identify(bySecret, await makeToken())).rejects.toThrow(UnauthenticatedError);
});

/** The same bytes: the last letter of 32 bytes has two bits that mean nothing. */
function respelt(token: string) {
  const last = token.at(-1) ?? '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = `${token.slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`;
  expect(Buffer.from(other.split('.')[2]!, 'base64url')).toEqual(
    Buffer.from(token.split('.')[2]!, 'base64url'),
  );
  return other;
}

const spki = async () => exportSPKI((await publicKeyOf()) as Parameters<typeof exportSPKI>[0]);

test.each<[string, () => Promise<string>]>([
  ['signed with the public key’s PEM as a secret', async () => signed({}, await spki())],
  ['signed with that PEM, trimmed', async () => signed({}, (await spki()).trim())],
  [
    'signed with the public key’s JWK as a secret',
    async () => signed({}, JSON.stringify(issuer.jwk)),
  ],
  [
    'signed with the public key’s modulus',
    async () => signed({}, Buffer.from(issuer.jwk.n!, 'base64url')),
  ],
  [
    'that asks not to be verified',
    async () => `${json({ alg: 'none', kid: 'k1' })}.${json(claims())}.`,
  ],
  ['of an attacker with our key’s name', () => attacker.sign()],
  ['that brings its key', () => attacker.sign({ header: { jwk: attacker.jwk } })],
  ['that says where its key is', () => attacker.sign({ header: { jku: theirs.keys.url } })],
  ['that says where its certificate is', () => attacker.sign({ header: { x5u: theirs.keys.url } })],
  ['that brings its certificate', () => attacker.sign({ header: { x5c: ['MIIB'] } })],
  ['whose key’s name is a path', () => issuer.sign({ header: { kid: '../../dev/null' } })],
  ['whose key’s name is everyone’s', () => issuer.sign({ header: { kid: '__proto__' } })],
  ['of one key under another’s name', () => elliptic.sign({ header: { kid: 'k1' } })],
  ['with a signature of zeros', async () => emptied(await elliptic.sign(), 64)],
  ['with no signature', async () => emptied(await elliptic.sign(), 0)],
])('with a key set, rejects a token %s', async (_what, makeToken) => {
  const token = await makeToken();
  await expect(identify(issuers.keys, token)).rejects.toThrow(UnauthenticatedError);
  expect(theirs.requests).toBe(0);
});

const emptied = (token: string, bytes: number) =>
  `${token.split('.').slice(0, 2).join('.')}.${Buffer.alloc(bytes).toString('base64url')}`;

test('a weak key verifies no token', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const input = `${json({ alg: 'RS256' })}.${json(claims())}`;
  const token = `${input}.${createSign('sha256').update(input).sign(privateKey, 'base64url')}`;
  const weak = await serveKeys([await exportJWK(publicKey)]);
  await expect(identify(weak.keys, token)).rejects.toThrow(UnauthenticatedError);
  weak.close();
});

/** Encrypted with what an attacker has: our public key, or a password and an iteration count that takes minutes. */
test.each<[string, () => Promise<string>]>([
  [
    'to our public key',
    async () =>
      new CompactEncrypt(Buffer.from(await issuer.sign()))
        .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A128GCM' })
        .encrypt(await importJWK({ ...issuer.jwk }, 'RSA-OAEP')),
  ],
  [
    'with a bomb of zeros inside',
    async () => {
      const header = { alg: 'dir', enc: 'A128CBC-HS256', zip: 'DEF' };
      const bomb = deflateRawSync(Buffer.alloc(4_000_000)).toString('base64url');
      return `${json(header)}..${Buffer.alloc(16).toString('base64url')}.${bomb}.${Buffer.alloc(16).toString('base64url')}`;
    },
  ],
  [
    'with a password of a billion rounds',
    async () => {
      const header = { alg: 'PBES2-HS512+A256KW', enc: 'A128GCM', p2c: 1e9, p2s: 'c2FsdHNhbHQ' };
      const part = Buffer.alloc(16).toString('base64url');
      return `${json(header)}.${part}.${part}.${part}.${part}`;
    },
  ],
])('does not decrypt a token that is encrypted %s', async (_what, makeToken) => {
  const token = await makeToken();
  for (const keys of [bySecret, issuers.keys]) {
    await expect(identify(keys, token)).rejects.toThrow(UnauthenticatedError);
  }
});

const CALLER = '{ caller { subject } }';

test('over HTTP, all invalid tokens receive the same response', async () => {
  const { url } = await openPlatform({ keys: bySecret });
  const tokens = [
    await signed({ claims: { exp: undefined } }),
    respelt(await signed()),
    `${json({ alg: 'none' })}.${json(claims())}.`,
    'x'.repeat(10_000),
  ];
  for (const token of tokens) {
    const answer = await ask(url, CALLER, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(answer.errors).toMatchObject([
      { message: 'A valid token is required.', extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  }
  const huge = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${'x'.repeat(200_000)}` },
  });
  expect(huge.status).toBe(431);
});

test('rejects a request with two identities', async () => {
  const { port } = await openPlatform({ keys: bySecret });
  const bearer = `Bearer ${await signed()}`;
  const statusWith = (authorization: string[]) =>
    new Promise((resolve, reject) => {
      const sent = request({ port, method: 'POST', path: '/graphql' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.setHeader('content-type', 'application/json');
      sent.setHeader('authorization', authorization);
      sent.end(JSON.stringify({ query: CALLER }));
    });
  expect(await statusWith([bearer])).toBe(200);
  expect(await statusWith([bearer, bearer])).toBe(401);
  expect(await statusWith([bearer, 'Bearer x'])).toBe(401);
  expect(await statusWith(['Bearer x', bearer])).toBe(401);
  expect(await statusWith([`${bearer}, ${bearer}`])).toBe(401);
});

test('without the issuer, the response is 503 and not 401', async () => {
  const server = await serveKeys((_request, response) => void response.writeHead(500).end());
  const { url } = await openPlatform({ keys: server.keys });
  const token = await issuer.sign();
  const answer = await ask(url, CALLER, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
  server.close();
});

test('the log says why tokens are rejected, once for each reason, and the response does not', async () => {
  const { url } = await openPlatform({ keys: bySecret, audience: 'media' });
  const wrong = await signed({ claims: { aud: 'another' }, header: { kid: 'k-7' } });
  const expired = await signed({ claims: { aud: 'media', exp: secondsFromNow(-60) } });
  for (const token of [wrong, wrong, expired, wrong]) {
    const headers = { authorization: `Bearer ${token}` };
    const { status, text } = await ask(url, '{ __typename }', { headers });
    expect(status).toBe(401);
    expect(text).not.toMatch(/audience|expired/);
  }
  const rejected = logLines().filter(({ msg }) => msg === 'token rejected');
  expect(rejected.map(({ reason, kid }) => [reason, kid])).toEqual([
    ['audience', 'k-7'],
    ['expired', undefined],
  ]);
  expect(rejected[0]!['claims']).toEqual(expect.arrayContaining(['sub', 'store_id', 'aud']));
  expect(JSON.stringify(rejected)).not.toMatch(/another|shoes/);
});
