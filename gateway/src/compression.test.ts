import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { randomBytes } from 'node:crypto';
import fastify from 'fastify';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { sendCompressed } from './compression.ts';
import { closeAll, openPlatform } from './testing/platform.ts';

afterEach(closeAll);

const LONG = '{ __schema { types { name description fields { name description } } } }';

async function ask(url: string, query: string, encoding?: string) {
  const asked = request(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(encoding && { 'accept-encoding': encoding }),
    },
  });
  asked.end(JSON.stringify({ query }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { headers: response.headers, body: await buffer(response) };
}

test.each([
  ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
])('a response is compressed with %s', async (encoding, accepted, decompress) => {
  const { url } = await openPlatform();
  const plain = await ask(url, LONG);
  const { headers, body } = await ask(url, LONG, accepted);
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers.vary).toContain('accept-encoding');
  expect(body.length).toBeLessThan(plain.body.length / 3);
  expect(decompress(body)).toEqual(plain.body);
});

test.each([undefined, 'identity', 'br;q=0, gzip;q=0', 'zstd'])(
  'with accept-encoding %j it is not compressed',
  async (encoding) => {
    const { url } = await openPlatform();
    const { headers } = await ask(url, LONG, encoding);
    expect(headers).not.toHaveProperty('content-encoding');
  },
);

test('a short response is not compressed', async () => {
  const { url } = await openPlatform();
  const { headers } = await ask(url, '{ __typename }', 'br');
  expect(headers).not.toHaveProperty('content-encoding');
});

test('a response with a signed URL that expires is not compressed (BREACH)', async () => {
  const { url } = await openPlatform();
  const signed = 'https://media.example.com/media/a.jpg?expires=1790000000&signature=x';
  const secret = `{ picture(id: "${signed} ${'x'.repeat(2_000)}") { name } }`;
  const { headers, body } = await ask(url, secret, 'br');
  expect(String(body)).toContain('expires=1790000000');
  expect(headers).not.toHaveProperty('content-encoding');
});

const sentBytes: Buffer[] = [];

/** Sends the same bytes to each request. */
async function serveAgain(body: Buffer) {
  const app = fastify();
  onTestFinished(() => app.close());
  app.addHook('onSend', async (_request, _reply, payload) => {
    sentBytes.push(payload as Buffer);
    return payload;
  });
  app.get('/', (_request, reply) => sendCompressed(reply, body));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return async (encoding: string) => {
    const asked = request(url, { headers: { 'accept-encoding': encoding } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return { headers: response.headers, body: await buffer(response) };
  };
}

test('bytes that are sent again are compressed as each client accepts it', async () => {
  const body = Buffer.from(
    JSON.stringify(Array.from({ length: 1_000 }, () => ({ name: 'a name' }))),
  );
  const get = await serveAgain(body);
  const [brotli, again] = [await get('br'), await get('br, gzip')];
  expect(brotliDecompressSync(brotli.body)).toEqual(body);
  expect(again.body).toEqual(brotli.body);
  expect(again.headers['content-length']).toBe(String(brotli.body.length));
  expect(gunzipSync((await get('gzip')).body)).toEqual(body);
  // They are kept in memory, where a part of a larger buffer would keep all of it.
  for (const bytes of sentBytes.splice(0)) expect(bytes.buffer.byteLength).toBe(bytes.length);
  expect((await get('identity')).body).toEqual(body);
});

test('bytes that compression does not halve are sent unchanged', async () => {
  const body = randomBytes(10_000);
  const { headers, body: sent } = await (await serveAgain(body))('br');
  expect(sent).toEqual(body);
  expect(headers).not.toHaveProperty('content-encoding');
});
