import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalNetwork } from './local-network.ts';
import { type Announced, type Connections, type Network, sockets } from './network.ts';

const MAX_RESPONSE_BYTES = 1_000_000;
const KILOBYTE = 1024;
const { signal } = new AbortController();
const caller = new AsyncLocalStorage<string>();

const networks: readonly [string, () => Network][] = [
  ['sockets', () => sockets],
  ['a local network', createLocalNetwork],
];

describe.each(networks)('over %s', (name, openNetwork) => {
  let app: FastifyInstance;
  let connections: Connections;
  let announced: Announced;
  let accepted: number;
  let disconnected: PromiseWithResolvers<boolean>;
  let seenCaller: string | undefined;

  beforeEach(async () => {
    accepted = 0;
    disconnected = Promise.withResolvers();
    app = fastify({ forceCloseConnections: true });
    // As for uploads: handlers read the stream.
    app.addContentTypeParser('application/octet-stream', (_request, _body, done) => done(null));
    app.server.on('connection', () => (accepted += 1));
    addRoutes(app);
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const network = openNetwork();
    announced = network.announce([origin], app.routing);
    connections = network.open(origin, { maxResponseBytes: MAX_RESPONSE_BYTES });
  });
  afterEach(async () => {
    await connections.close();
    await app.close();
  });

  function addRoutes(server: FastifyInstance) {
    server.all('/echo', async ({ method, url, headers, body }: FastifyRequest, reply) => {
      reply.header('cache-control', 'max-age=5').code(201);
      return { method, url, headers, body };
    });
    server.post('/hash', async ({ raw }) => {
      const hash = createHash('sha256');
      for await (const chunk of raw) hash.update(chunk);
      return hash.digest('hex');
    });
    server.post('/slow-reader', async ({ raw }) => {
      for await (const _chunk of raw) await sleep(20);
      return 'read';
    });
    server.post('/refuse', async (_request, reply) => reply.code(413).send('too large'));
    server.get('/bytes/:count', async ({ params }: FastifyRequest<{ Params: { count: string } }>) =>
      'ä'.repeat(Number(params.count)),
    );
    server.get('/stream', async (_request, reply) => reply.send(Readable.from(['grü', 'n'])));
    server.get('/hang', async (_request, reply) => {
      reply.raw.once('close', () => disconnected.resolve(reply.raw.writableFinished));
      reply.hijack();
    });
    server.get('/reset', async ({ raw }, reply) => {
      reply.hijack();
      raw.socket.destroy();
    });
    server.get('/caller', async () => {
      seenCaller = caller.getStore();
      return 'seen';
    });
  }

  const get = (path: string, options = {}) =>
    connections.request({ method: 'GET', path, headers: {}, signal, ...options });
  const post = (path: string, body: string | Readable, headers = {}) =>
    connections.request({ method: 'POST', path, headers, body, signal });

  test('a request arrives with its path, headers and body, and the response with its own', async () => {
    const response = await post('/echo?a=b', '{"text":"grün"}', {
      'content-type': 'application/json',
      authorization: 'Bearer x',
    });
    expect(response.statusCode).toBe(201);
    expect(response.header('cache-control')).toBe('max-age=5');
    expect(response.header('content-type')).toContain('application/json');
    expect(response.header('etag')).toBeUndefined();
    expect(JSON.parse(response.text)).toEqual({
      method: 'POST',
      url: '/echo?a=b',
      headers: expect.objectContaining({
        authorization: 'Bearer x',
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        'content-length': '16',
      }),
      body: { text: 'grün' },
    });
  });

  test(`${name === 'sockets' ? 'uses' : 'does not use'} sockets`, async () => {
    await get('/echo');
    expect(accepted).toBe(name === 'sockets' ? 1 : 0);
  });

  test('a response of several chunks arrives whole', async () => {
    expect((await get('/stream')).text).toBe('grün');
  });

  test('an error of the server is a response', async () => {
    expect(await get('/absent')).toMatchObject({ statusCode: 404 });
  });

  test('a body is streamed, and read no faster than the server reads it', async () => {
    const chunks = Array.from({ length: 64 }, () => randomBytes(64 * KILOBYTE));
    const { text } = await post('/hash', Readable.from(chunks), octets);
    expect(text).toBe(createHash('sha256').update(Buffer.concat(chunks)).digest('hex'));

    let sent = 0;
    async function* endless() {
      for (;;) {
        sent += 1;
        yield Buffer.alloc(64 * KILOBYTE);
      }
    }
    const stopped = new AbortController();
    const body = Readable.from(endless(), { objectMode: false });
    const request = connections.request({
      method: 'POST',
      path: '/slow-reader',
      headers: octets,
      body,
      signal: stopped.signal,
    });
    await sleep(300);
    stopped.abort(new Error('enough'));
    await expect(request).rejects.toThrow('enough');
    // Sockets have buffers of a few megabytes.
    expect(sent).toBeLessThan(name === 'sockets' ? 200 : 30);
    await expect.poll(() => body.destroyed).toBe(true);
  });

  test('a body that fails fails the request', async () => {
    async function* failing() {
      yield Buffer.from('a part');
      await sleep(10);
      throw new Error('the client is gone');
    }
    await expect(post('/hash', Readable.from(failing()), octets)).rejects.toThrow(
      'the client is gone',
    );
  });

  test('a response before the end of the body ends the body', async () => {
    const body = new Readable({ read() {} });
    body.push(Buffer.alloc(KILOBYTE));
    expect(await post('/refuse', body, octets)).toMatchObject({ statusCode: 413 });
    await expect.poll(() => body.destroyed).toBe(true);
  });

  test('the server notices that the caller is gone', async () => {
    const controller = new AbortController();
    const request = get('/hang', { signal: controller.signal });
    await sleep(50);
    controller.abort(new Error('no patience'));
    await expect(request).rejects.toThrow('no patience');
    expect(await disconnected.promise).toBe(false);
    await expect(get('/echo', { signal: controller.signal })).rejects.toThrow('no patience');
  });

  test('a larger response than allowed fails', async () => {
    expect((await get(`/bytes/${MAX_RESPONSE_BYTES / 2}`)).text).toHaveLength(
      MAX_RESPONSE_BYTES / 2,
    );
    await expect(get(`/bytes/${MAX_RESPONSE_BYTES / 2 + 1}`)).rejects.toThrow();
  });

  test('a connection that the server closes fails the request', async () => {
    await expect(get('/reset')).rejects.toThrow();
  });

  test('closing the connections aborts requests', async () => {
    const request = get('/hang');
    await sleep(50);
    await Promise.all([expect(request).rejects.toThrow(), connections.close()]);
    expect(await disconnected.promise).toBe(false);
  });

  test('the server does not inherit the context of the caller', async () => {
    await caller.run('the caller', () => get('/caller'));
    expect(seenCaller).toBeUndefined();
  });

  test('a server that stops finishes its requests and gets no more', async () => {
    const request = get('/hang').catch(() => 'ended');
    await sleep(50);
    const stopping = announced.close();
    if (name === 'a local network') {
      await expect(Promise.race([stopping, sleep(50, 'waits')])).resolves.toBe('waits');
    }
    await connections.close();
    await stopping;
    expect(await request).toBe('ended');
    await get('/echo').catch(() => {});
    expect(accepted).toBeLessThanOrEqual(2);
  });
});

const octets = { 'content-type': 'application/octet-stream' };

test('a local network uses sockets for other servers', async () => {
  const app = fastify();
  app.get('/', async () => 'elsewhere');
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const connections = createLocalNetwork().open(origin, { maxResponseBytes: KILOBYTE });
  const accepted = once(app.server, 'connection');
  const { text } = await connections.request({ method: 'GET', path: '/', headers: {}, signal });
  expect(text).toBe('elsewhere');
  await accepted;
  await connections.close();
  await app.close();
});
