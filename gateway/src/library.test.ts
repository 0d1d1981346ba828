import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, openPlatform } from './testing/platform.ts';

afterEach(closeAll);

const PROVIDER = {
  LIBRARY_OIDC_ISSUER: 'https://id.example/tenant/',
  LIBRARY_OIDC_CLIENT_ID: 'library',
};
const FOREVER = 'public, max-age=31536000, immutable';

const policyOf = ({ headers }: Response) =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );

async function open(options: Parameters<typeof openPlatform>[0] = {}) {
  const { url, port } = await openPlatform(options);
  const at = (path: string, init?: RequestInit) => fetch(`${url}/library${path}`, init);
  const page = await at('/');
  const text = await page.text();
  const [, script = ''] = /src="\/library(\/assets\/first-[^"]+)"/.exec(text) ?? [];
  return { at, port, page, text, script };
}

describe('the page', () => {
  test.each(['/files/01a2?folder=x', '/picker', '/signed-in?code=a&state=b', '/nowhere/at/all'])(
    'is served for %s, which the app shows',
    async (path) => {
      const { at, text } = await open();
      const deep = await at(path);
      expect([deep.status, deep.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      expect(await deep.text()).toBe(text);
    },
  );

  test('/library leads to it', async () => {
    const { at } = await open();
    const { status, headers } = await at('', { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, '/library/']);
  });

  test('is revalidated, its other files are kept for a year', async () => {
    const { at, page, script } = await open();
    const etag = page.headers.get('etag') ?? '';
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const known = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
    expect((await at('/', { headers: known })).status).toBe(304);
    expect((await at(script)).headers.get('cache-control')).toBe(FOREVER);
  });

  test('answers HEAD without a body', async () => {
    const { at, page, script } = await open();
    const [head, file] = [await at('/', { method: 'HEAD' }), await at(script, { method: 'HEAD' })];
    expect([head.status, file.status, await head.text(), await file.text()]).toEqual([
      200,
      200,
      '',
      '',
    ]);
    expect(policyOf(head)).toEqual(policyOf(page));
  });
});

describe('files', () => {
  test.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ])('a client that accepts %s gets %s', async (accepted, encoding) => {
    const { at, script } = await open();
    const answer = await at(script, { headers: { 'accept-encoding': accepted } });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('vary')).toContain('accept-encoding');
    expect(answer.headers.get('content-type')).toMatch(/^application\/javascript/);
  });

  test('an unknown file is 404, and no cache keeps that', async () => {
    const { at } = await open();
    const { status, headers } = await at('/assets/index-00000000.js');
    expect([status, headers.get('cache-control')]).toEqual([404, null]);
  });

  test.each([
    '/library/assets/../index.html',
    '/library/assets/..%2findex.html',
    '/library/assets/%2e%2e/%2e%2e/package.json',
    '/library/assets/..%2f..%2fpackage.json',
    '/library/assets/..%5c..%5cpackage.json',
    '/library/assets/%2fetc%2fpasswd',
    '/library/assets/index.html%00.js',
    '/library/../gateway/package.json',
  ])('%s shows nothing outside of the app', async (path) => {
    const { port, text } = await open();
    const { status, body } = await askExactly(port, path);
    expect(body === text || status >= 400).toBe(true);
    expect(body).not.toMatch(/"name"|root:/);
  });
});

describe('the content security policy', () => {
  test('allows scripts of the gateway only, and no page to frame it', async () => {
    const { page } = await open();
    expect(policyOf(page)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'font-src': "'self'",
      'img-src': "data: 'self' blob:",
      'media-src': "'self' blob:",
      'connect-src': "'self' blob:",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('allows files and uploads where the settings say they are', async () => {
    const { page } = await open({
      library: {
        PUBLIC_MEDIA_URL: 'https://cdn.example/files',
        UPLOAD_URL: 'https://upload.example/',
        LIBRARY_CONNECT_ORIGINS: 'https://bucket.example, https://cdn.example',
      },
    });
    const media = "'self' blob: https://cdn.example https://upload.example https://bucket.example";
    expect(policyOf(page)).toMatchObject({
      'img-src': `data: ${media}`,
      'media-src': media,
      'connect-src': media,
      'script-src': "'self'",
    });
  });

  test('allows requests to the identity provider, and nothing else of it', async () => {
    const { page } = await open({ library: PROVIDER });
    const policy = policyOf(page);
    expect(policy['connect-src']).toBe("'self' blob: https://id.example");
    expect(policy['img-src']).not.toContain('id.example');
    expect(policy['script-src']).not.toContain('id.example');
  });

  test('allows the pages of LIBRARY_PICKER_ORIGINS to frame the picker, and no other screen', async () => {
    const { at } = await open({
      library: { LIBRARY_PICKER_ORIGINS: 'https://admin.example, https://shop.example:8443' },
    });
    const ancestorsOf = async (path: string) => policyOf(await at(path))['frame-ancestors'];
    const allowed = "'self' https://admin.example https://shop.example:8443";
    expect(await ancestorsOf('/picker?x=1')).toBe(allowed);
    for (const path of ['/', '/picker/x', '/pickers', '/PICKER', '/files/picker', '/signed-in'])
      expect(await ancestorsOf(path), path).toBe("'none'");
  });

  test('allows pages of this machine to frame the picker, in development only', async () => {
    const development = await open();
    expect(policyOf(await development.at('/picker'))['frame-ancestors']).toBe(
      "'self' http://localhost:* http://127.0.0.1:*",
    );
    const { at } = await open({ production: true });
    expect(policyOf(await at('/picker'))['frame-ancestors']).toBe("'self'");
  });
});

describe('settings.json', () => {
  test('has no provider and no picker without settings', async () => {
    const { at } = await open({ production: true });
    const answer = await at('/settings.json');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.json()).toEqual({ signIn: null, pickerOrigins: [] });
  });

  test('names the provider exactly as the settings do, and no secret', async () => {
    const { at } = await open({
      library: { ...PROVIDER, LIBRARY_PICKER_ORIGINS: 'https://admin.example' },
      keys: { kind: 'secret', secret: 'a secret for the tokens of clients' },
    });
    expect(await (await at('/settings.json')).json()).toEqual({
      signIn: {
        issuer: 'https://id.example/tenant/',
        clientId: 'library',
        scope: 'openid profile media:read media:write media:delete media:admin',
        audience: null,
        resource: null,
      },
      pickerOrigins: ['https://admin.example'],
    });
  });
});

describe('session.json', () => {
  test('names the store and the scopes of the caller, for no cache', async () => {
    const { at } = await open();
    const answer = await at('/session.json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({ storeId: 'demo', scopes: ['*'] });
  });

  test('is 401 without a valid token', async () => {
    const { at } = await open({
      keys: { kind: 'secret', secret: 'a secret for the tokens of clients' },
    });
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }]) {
      const { status, headers: received } = await at('/session.json', { headers });
      expect([status, received.get('www-authenticate'), received.get('cache-control')]).toEqual([
        401,
        'Bearer',
        'no-store',
      ]);
    }
  });
});

/** Without the normalisation of `fetch`. */
function askExactly(port: number, path: string): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  request({ host: '127.0.0.1', port, path }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
    );
  })
    .on('error', reject)
    .end();
  return promise;
}
