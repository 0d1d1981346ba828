import { afterEach, expect, test } from 'vitest';
import { closeAll, openPlatform } from './testing/platform.ts';

afterEach(closeAll);

const policyOf = async (options: Parameters<typeof openPlatform>[0]) => {
  const { url } = await openPlatform(options);
  const page = await fetch(`${url}/graphiql/`);
  const policy = page.headers.get('content-security-policy') ?? '';
  return Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
};

test('images come from the media origin too, everything else from the gateway', async () => {
  expect(await policyOf({ imageOrigin: 'https://cdn.example' })).toMatchObject({
    'default-src': "'none'",
    'script-src': "'self'",
    'worker-src': "'self'",
    'connect-src': "'self'",
    'img-src': "'self' data: https://cdn.example",
  });
  expect(await policyOf({})).toMatchObject({ 'img-src': "'self' data:" });
});

test('the page is revalidated, its other files are kept for a year', async () => {
  const { url } = await openPlatform();
  const page = await fetch(`${url}/graphiql/`);
  const etag = page.headers.get('etag');
  expect([page.headers.get('cache-control'), etag]).toEqual([
    'no-cache',
    expect.stringMatching(/"/),
  ]);
  // As a browser does. Without `cache-control`, Node sends `no-cache`.
  const headers = { 'if-none-match': etag ?? '', 'cache-control': 'max-age=0' };
  expect((await fetch(`${url}/graphiql/`, { headers })).status).toBe(304);

  const script = await fetch(await editorOf(url));
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const missing = await fetch(`${url}/graphiql/assets/index-00000000.js`);
  expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, null]);
});

test.each([
  ['br, gzip', 'br'],
  ['gzip', 'gzip'],
  ['identity', null],
])('a client that accepts %s gets %s', async (accepted, encoding) => {
  const { url } = await openPlatform();
  const script = await editorOf(url);
  const [plain, answer] = await Promise.all(
    ['identity', accepted].map((codings) =>
      fetch(script, { headers: { 'accept-encoding': codings } }),
    ),
  );
  expect([answer?.headers.get('content-encoding'), answer?.headers.get('vary')]).toEqual([
    encoding,
    expect.stringContaining('accept-encoding'),
  ]);
  expect(answer?.headers.get('content-type')).toMatch(/^application\/javascript/);
  expect((await answer?.text()) === (await plain?.text())).toBe(true);
  const sizes = [answer, plain].map((one) => Number(one?.headers.get('content-length')));
  if (encoding) expect(sizes[0]).toBeLessThan(sizes[1]! / 2);
});

/** The URL of the script of the editor, which the first script of the page loads. */
async function editorOf(url: string): Promise<string> {
  const page = await (await fetch(`${url}/graphiql/`)).text();
  const [, first = ''] = /src="([^"]+)"/.exec(page) ?? [];
  const script = await (await fetch(url + first)).text();
  const [, editor] = /(assets\/app-[\w-]+\.js)/.exec(script) ?? [];
  return `${url}/graphiql/${editor}`;
}
