import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { corsOf, corsSettings } from './cors.ts';
import { closeAll, openPlatform } from './testing/platform.ts';

afterEach(closeAll);

const SHOP = 'https://shop.example.com';
const production = { production: true };

const allows = (setting: string | undefined, options: { production: boolean }) => {
  const given = z
    .object(corsSettings)
    .parse(setting === undefined ? {} : { CORS_ORIGINS: setting });
  return corsOf(given, options).origins;
};

describe('without a setting', () => {
  test.each(['http://localhost:5173', 'https://127.0.0.1', 'http://[::1]:3000'])(
    'a page of this machine is allowed in development only: %s',
    (origin) => {
      expect(allows(undefined, { production: false })(origin)).toBe(true);
      expect(allows(undefined, production)(origin)).toBe(false);
    },
  );

  test.each([
    SHOP,
    'null',
    'http://localhost.evil.test',
    'http://localhost:3000@evil.test',
    'http://evil.test/localhost',
    'http://127.0.0.1.evil.test',
    'file://localhost',
  ])('%s is not allowed', (origin) => {
    expect(allows(undefined, { production: false })(origin)).toBe(false);
  });
});

describe('with CORS_ORIGINS', () => {
  const isAllowed = allows(`${SHOP}, *.example.org, http://*.test.internal:8080`, production);

  test.each([
    SHOP,
    'https://a.example.org',
    'https://a.b.example.org',
    'http://x.test.internal:8080',
  ])('%s is allowed', (origin) => expect(isAllowed(origin)).toBe(true));

  test.each([
    'https://shop.example.com.evil.test',
    'https://shop.example.com:8443',
    'https://SHOP.example.com',
    'http://shop.example.com',
    'https://example.com',
    'https://evilshop.example.com',
    'https://example.org',
    'https://evilexample.org',
    'https://.example.org',
    'https://a..example.org',
    'https://a.example.org:444',
    'http://a.example.org',
    'https://a.example.org.evil.test',
    'https://evil.test/a.example.org',
    'https://evil.test#a.example.org',
    'http://localhost:5173',
    'null',
    '',
  ])('%j is not allowed', (origin) => expect(isAllowed(origin)).toBe(false));

  test.each([
    '*',
    'shop.example.com',
    'https://shop.example.com/',
    'https://Shop.example.com',
    '*.*.com',
    'https://a.*.com',
    'null',
  ])('%s is an invalid setting', (setting) =>
    expect(() => allows(setting, production)).toThrow('must be an origin'),
  );

  test('10,000 origins are compared without delay', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `https://shop-${index}.example.com`);
    const isOneOfMany = allows(many.join(','), production);
    expect(many.every((origin) => isOneOfMany(origin))).toBe(true);
    expect(isOneOfMany('https://shop-10000.example.com')).toBe(false);
  });
});

const inProduction = (CORS_CREDENTIALS = 'false') =>
  openPlatform({ production: true, cors: { CORS_ORIGINS: SHOP, CORS_CREDENTIALS } });

const preflight = (url: string, origin: string) =>
  fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

test('a preflight needs no token and can be remembered', async () => {
  const { url } = await inProduction();
  const { status, headers } = await preflight(url, SHOP);
  expect(status).toBe(204);
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': SHOP,
    'access-control-allow-methods': 'GET, HEAD, POST',
    'access-control-allow-headers': expect.stringMatching(
      /authorization.*content-type.*apollo-require-preflight.*traceparent/,
    ),
    'access-control-max-age': '7200',
    vary: 'Origin',
  });
  expect(headers.has('access-control-allow-credentials')).toBe(false);
});

test('another origin is neither allowed nor repeated', async () => {
  const { url } = await inProduction();
  for (const response of [
    await preflight(url, 'https://evil.test'),
    await post(url, { headers: { origin: 'https://evil.test' } }),
  ]) {
    expect(response.headers.get('vary')).toContain('Origin');
    expect(JSON.stringify([...response.headers])).not.toMatch(/evil|access-control/);
  }
});

test('credentials are allowed only by setting', async () => {
  const { url } = await inProduction('true');
  const { headers } = await preflight(url, SHOP);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
});

const post = (
  url: string,
  {
    headers,
    body = '{"query":"{ __typename }"}',
  }: { headers: Record<string, string>; body?: string },
) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

test('a page can read the response, its request id and every kind of error', async () => {
  const { url, media } = await openPlatform({ cors: { CORS_ORIGINS: SHOP }, maxBodyBytes: 1_000 });
  const headers = { origin: SHOP };
  await media.close();
  const responses = {
    200: await post(url, { headers }),
    401: await post(url, { headers: { ...headers, authorization: 'Bearer nonsense' } }),
    400: await post(url, { headers, body: '{' }),
    413: await post(url, { headers, body: JSON.stringify({ query: 'x'.repeat(2_000) }) }),
    404: await fetch(`${url}/nowhere`, { headers }),
    503: await fetch(`${url}/health/ready`, { headers }),
  };
  for (const [status, response] of Object.entries(responses)) {
    expect(response.status).toBe(Number(status));
    expect(response.headers.get('access-control-allow-origin'), status).toBe(SHOP);
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(response.headers.get('vary')).toContain('Origin');
  }
});
