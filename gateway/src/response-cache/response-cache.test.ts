import type { GraphQLAnswer } from '@federated-media/subgraph-kit/graphql-http';
import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCachePolicy } from '../cache-policy.ts';
import type { GatewayContext } from '../context.ts';
import { createResponseCache } from './response-cache.ts';

let cache: ReturnType<typeof createResponseCache>;
let executed: number;
const given = { cacheControl: 'max-age=5, private', subgraph: 'max-age=5, public', status: 200 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  cache = createResponseCache({ maxBytes: 100_000 });
  executed = 0;
  Object.assign(given, {
    cacheControl: 'max-age=5, private',
    subgraph: 'max-age=5, public',
    status: 200,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Asked {
  storeId?: string;
  scopes?: string[];
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** The remaining age of the oldest part, in seconds. */
  remaining?: number;
  /** Resolves when the operation may end. */
  until?: Promise<unknown>;
}

const ask = async ({
  storeId = 'ours',
  scopes = ['a', 'b'],
  method = 'GET',
  url = '/graphql?query={a}',
  headers = {},
  body,
  remaining = Infinity,
  until,
}: Asked = {}): Promise<GraphQLAnswer> => {
  const request = { method, url, headers, body } as unknown as FastifyRequest;
  const caller = { storeId, scopes: new Set(scopes), subject: 's', issuer: 'client' };
  const stored = cache.find({ request, caller });
  if (stored) return stored;
  return cache.answer({ request, caller }, async () => {
    executed += 1;
    const number = executed;
    await until;
    const cachePolicy = createCachePolicy();
    cachePolicy.restrict(given.subgraph);
    cachePolicy.restrictTo(remaining);
    const answer = {
      status: given.status,
      headers: new Map([['cache-control', given.cacheControl]]),
      body: Buffer.from(`answer ${number}`),
    };
    return { answer, context: { cachePolicy } as GatewayContext };
  });
};
const textOf = async (asked?: Asked) => String((await ask(asked)).body);

test('answers the same request for a second, with the remaining age', async () => {
  expect(await textOf()).toBe('answer 1');
  vi.advanceTimersByTime(999);
  const { body, headers } = await ask({ scopes: ['b', 'a'] });
  expect(String(body)).toBe('answer 1');
  expect(headers.get('cache-control')).toBe('max-age=4, private');
  vi.advanceTimersByTime(1);
  expect(await textOf()).toBe('answer 2');
});

test('does not store a response for longer than its parts', async () => {
  given.subgraph = 'max-age=60, public';
  await ask({ remaining: 0.25 });
  vi.advanceTimersByTime(200);
  const { body, headers } = await ask();
  expect([String(body), headers.get('cache-control')]).toEqual(['answer 1', 'max-age=0, private']);
  vi.advanceTimersByTime(50);
  expect(await textOf()).toBe('answer 2');
});

test.each<[string, Asked]>([
  ['another store', { storeId: 'theirs' }],
  ['other scopes', { scopes: ['a'] }],
  ['another operation', { url: '/graphql?query={b}' }],
  ['another method', { method: 'POST', body: { query: '{a}' } }],
  ['another format', { headers: { accept: 'application/graphql-response+json' } }],
  ['a request that a preflight protects', { headers: { 'apollo-require-preflight': 'x' } }],
])('a stored response is not for %s', async (_name, asked) => {
  await ask();
  expect(await textOf(asked)).toBe('answer 2');
  expect(await textOf()).toBe('answer 1');
});

test('a stored response is not for other variables', async () => {
  const post = (variables: object) => textOf({ method: 'POST', body: { query: '{a}', variables } });
  expect(await post({ id: 1 })).toBe('answer 1');
  expect(await post({ id: 2 })).toBe('answer 2');
  expect(await post({ id: 1 })).toBe('answer 1');
});

test.each<[string, Partial<typeof given>]>([
  ['mutations and responses with errors', { cacheControl: 'no-store' }],
  ['private responses', { subgraph: 'max-age=5, private' }],
  ['failures', { status: 500 }],
])('does not store %s', async (_name, change) => {
  Object.assign(given, change);
  expect(await textOf()).toBe('answer 1');
  expect(await textOf()).toBe('answer 2');
});

test('does not store large requests', async () => {
  const headers = { 'content-length': '20000' };
  await ask({ headers });
  expect(await textOf({ headers })).toBe('answer 2');
});

test('one request renews a response that others wait for', async () => {
  await ask();
  vi.advanceTimersByTime(1_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const renewing = Array.from({ length: 5 }, () => textOf({ until: promise }));
  resolve();
  expect(await Promise.all(renewing)).toEqual(Array(5).fill('answer 2'));
});

test('requests share a renewed response even if a part of it expires at once', async () => {
  await ask();
  vi.advanceTimersByTime(1_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const renewing = Array.from({ length: 5 }, () => textOf({ until: promise, remaining: 0.001 }));
  vi.advanceTimersByTime(10);
  resolve();
  expect(await Promise.all(renewing)).toEqual(Array(5).fill('answer 2'));
});

test('requests do not share a response that is not stored', async () => {
  await ask();
  vi.advanceTimersByTime(1_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const renewing = Array.from({ length: 3 }, () => textOf({ until: promise }));
  given.cacheControl = 'no-store';
  resolve();
  expect((await Promise.all(renewing)).toSorted()).toEqual(['answer 2', 'answer 3', 'answer 4']);
});

test('answers 304 to a GET with the tag of the response', async () => {
  const { headers } = await ask();
  const tag = headers.get('etag') ?? '';
  expect(tag).toMatch(/^W\/"[\w-]{43}"$/);
  for (const given of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
    const { status, body, headers: kept } = await ask({ headers: { 'if-none-match': given } });
    expect([status, String(body), kept.get('etag')]).toEqual([304, '', tag]);
  }
  expect((await ask({ headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  const post = { method: 'POST', headers: { 'if-none-match': '*' } };
  expect((await ask(post)).status).toBe(200);
});

test('stays within its bytes', async () => {
  for (let number = 0; number < 500; number += 1) await ask({ url: `/graphql?query={a${number}}` });
  expect(await textOf({ url: '/graphql?query={a499}' })).toBe('answer 500');
  expect(await textOf({ url: '/graphql?query={a0}' })).toBe('answer 501');
});

test('an entry keeps no memory but its bytes', async () => {
  await ask();
  const { body } = await ask();
  expect(body.buffer.byteLength).toBe(body.length);
});
