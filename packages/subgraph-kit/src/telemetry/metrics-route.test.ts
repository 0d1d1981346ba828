import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { createHttpApp } from '../http-app.ts';
import { addMetricsRoute } from './metrics-route.ts';
import type { MetricsAccess } from './settings.ts';

const TOKEN = 'a-token-of-Prometheus-of-32-characters';
let app: FastifyInstance = fastify();
afterEach(() => app.close());

function openApp(access: MetricsAccess) {
  const logger = pino({ level: 'silent' });
  ({ app } = createHttpApp({ logger, maxBodyBytes: 1_000, isReady: async () => {} }));
  addMetricsRoute(app, access);
}

const scrape = (from: string, headers: Record<string, string> = {}) =>
  app.inject({
    url: '/metrics',
    remoteAddress: from,
    headers: { host: '127.0.0.1:4000', ...headers },
  });

test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])(
  'without a token, %s can read the metrics',
  async (address) => {
    openApp({ kind: 'loopback' });
    const { statusCode, body, headers } = await scrape(address);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(headers['content-type']).toContain('text/plain');
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'http_requests_in_flight 1',
    ]) {
      expect(body).toContain(name);
    }
  },
);

test.each([
  '203.0.113.9',
  '10.0.0.1',
  '192.168.1.1',
  '172.17.0.1',
  '128.0.0.1',
  '2001:db8::1',
  '::ffff:10.0.0.1',
  'fe80::1',
  '::127.0.0.1.evil',
])('without a token, %s receives 404', async (address) => {
  openApp({ kind: 'loopback' });
  const { statusCode, body } = await scrape(address);
  expect(statusCode).toBe(404);
  expect(body).not.toContain('process_');
});

test.each([
  ['a proxy on this machine', { 'x-forwarded-for': '203.0.113.9' }],
  ['a proxy with another header', { forwarded: 'for=203.0.113.9' }],
  ['a cache', { via: '1.1 cache' }],
  ['a page that calls itself by another name', { host: 'evil.example' }],
  ['a page of a name like ours', { host: '127.0.0.1.evil.example' }],
])('without a token, %s receives 404', async (_who, headers: Record<string, string>) => {
  openApp({ kind: 'loopback' });
  expect((await scrape('127.0.0.1', headers)).statusCode).toBe(404);
});

test('a configured token gives access from anywhere, and is always required', async () => {
  openApp({ kind: 'token', tokens: ['the-one-before-it', TOKEN] });
  const withToken = (token: string) => ({ authorization: `Bearer ${token}` });
  expect((await scrape('203.0.113.9', withToken(TOKEN))).statusCode).toBe(200);
  expect((await scrape('203.0.113.9', withToken('the-one-before-it'))).statusCode).toBe(200);
  expect((await scrape('203.0.113.9', withToken(`${TOKEN}x`))).statusCode).toBe(401);
  expect((await scrape('127.0.0.1', { authorization: TOKEN })).statusCode).toBe(401);
  const { statusCode, body } = await scrape('127.0.0.1');
  expect(statusCode).toBe(401);
  expect(body).not.toContain('process_');
});

test('without access there is no route', async () => {
  openApp({ kind: 'nobody' });
  expect((await scrape('127.0.0.1')).statusCode).toBe(404);
});
