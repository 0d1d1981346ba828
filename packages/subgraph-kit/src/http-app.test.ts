import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectError } from './database-error.ts';
import { createHttpApp } from './http-app.ts';
import { listeningUrl } from './server.ts';

const HEAD = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: Application/JSON\r\n';
let app: ReturnType<typeof createHttpApp>['app'];

beforeEach(async () => {
  ({ app } = createHttpApp({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 1_000,
    isReady: async () => {},
    bodyTimeoutMs: 50,
  }));
  app.post('/echo', async ({ body }) => body);
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
  app.post('/late', async ({ raw }) => {
    await once(raw.resume(), 'close');
    throw Object.assign(new Error('Not like this.'), { statusCode: 400 });
  });
  app.get('/outage', async () => {
    throw connectError(new Error('connect ECONNREFUSED 10.0.0.1:5432'));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => app.close());

function open() {
  const { hostname, port } = new URL(listeningUrl(app));
  return connect(Number(port), hostname);
}

test('rejects a body that never completes with 408', async () => {
  const socket = open();
  socket.write(`${HEAD}content-length: 100\r\n\r\n{`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('408 Request Timeout');
  socket.destroy();
});

test('a client that is still sending receives the response, not a reset', async () => {
  const socket = open();
  socket.write(`${HEAD}content-length: 5000000\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('413 Payload Too Large');
  const failed: unknown[] = [];
  socket.on('error', (error) => failed.push(error));
  for (let sent = 0; sent < 5_000_000; sent += 500_000) {
    if (!socket.write(Buffer.alloc(500_000, 32))) await once(socket, 'drain');
  }
  expect(failed).toEqual([]);
  socket.destroy();
});

test('a body in time is read as usual', async () => {
  const response = await fetch(`${listeningUrl(app)}/echo`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  });
  expect(await response.json()).toEqual({ a: 1 });
});

test('responds with an error that occurs after the body was read', async () => {
  const response = await fetch(`${listeningUrl(app)}/late`, {
    method: 'POST',
    body: 'all of it',
    headers: { 'content-type': 'application/octet-stream' },
  });
  expect(response.status).toBe(400);
});

test('responds with 503 and Retry-After while the database is not available, without its host', async () => {
  const response = await fetch(`${listeningUrl(app)}/outage`);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
  expect(text).not.toContain('10.0.0.1');
});

test('closing does not wait for a connection that becomes idle meanwhile', async () => {
  const socket = open();
  socket.write('POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('404 Not Found');
  const closed = app.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write('12345');
  await closed;
  socket.destroy();
});

test.each([
  ['a URL', 'GET', `/%zz${'x'.repeat(10_000)}`, {}],
  ['an unknown URL', 'GET', `/${'x'.repeat(10_000)}`, {}],
  ['a type', 'POST', '/echo', { 'content-type': `text/${'x'.repeat(10_000)}` }],
])('shortens %s in the message', async (_what, method, path, headers) => {
  const response = await fetch(`${listeningUrl(app)}${path}`, {
    method,
    headers,
    ...(method === 'POST' && { body: 'x' }),
  });
  const text = await response.text();
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(text).not.toMatch(/x{81}/);
});

test.each([
  ['http://cdn.example.com/health/live?a=%2F', '200 OK'],
  ['HTTPS://cdn.example.com:8443/health/live', '200 OK'],
  ['http://cdn.example.com', '404 Not Found'],
  ['http://cdn.example.com?/health/live', '404 Not Found'],
  ['ftp://cdn.example.com/health/live', '404 Not Found'],
])('a whole URL as a proxy sends it means its path: %s', async (target, status) => {
  const socket = open();
  socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain(`HTTP/1.1 ${status}`);
  socket.destroy();
});
