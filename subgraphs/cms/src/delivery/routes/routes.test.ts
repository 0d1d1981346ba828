import { expect, test } from 'vitest';
import { NOON, serveFile } from '../../testing/delivery.ts';

test.for([
  ['no signature', (path: string) => path.split('?')[0]!],
  ['an empty signature', (path: string) => path.replace(/signature=.*/, 'signature=')],
  [
    'a wrong signature',
    (path: string) => path.replace(/signature=.*/, `signature=${'A'.repeat(43)}`),
  ],
  ['a signature for another file', (path: string) => path.replace('/1/', '/2/')],
  ['a signature after dots in the path', (path: string) => path.replace('/media/', '/media/x/../')],
  ['an empty path', () => '/media/'],
  ['a very long path', () => `/media/${'a'.repeat(10_000)}`],
] as const)('responds to %s with 403 and looks nothing up', async ([, spoil]) => {
  const { get, work, sign } = await serveFile();
  const { status, headers, body } = await get({}, spoil(sign()));
  expect(status).toBe(403);
  expect(body).not.toContain('0123456789');
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-type': 'text/plain; charset=utf-8',
  });
  expect(work).toEqual([]);
});

test('rejects an expired URL without a lookup', async () => {
  const { get, work, sign, setTime } = await serveFile({ isPrivate: true });
  const path = sign();
  setTime(NOON + 1_800_000);
  expect((await get({}, path)).status).toBe(403);
  expect(work).toEqual([]);
});

test('rejects a URL that never expires after the file was made private', async () => {
  const { get, sign, work } = await serveFile({ isPrivate: true });
  const { status, body } = await get({}, sign({ isPrivate: false }));
  expect(status).toBe(403);
  expect(body).not.toContain('0123456789');
  expect(work).toEqual(['find']);
});

test('responds with 404 to an unknown file without asking the storage', async () => {
  const { get, forget, work } = await serveFile();
  forget();
  const { status, headers } = await get();
  expect(status).toBe(404);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers).not.toHaveProperty('etag');
  expect(work).toEqual(['find']);
});

test.for(['GET', 'HEAD'])(
  'responds with 404 if the object is missing from the storage: %s',
  async (method) => {
    const { send, disk } = await serveFile();
    await disk.delete('a');
    const { status, headers } = await send(method);
    expect(status).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('content-disposition');
  },
);

test.for(['POST', 'PUT', 'PATCH', 'DELETE'])('rejects %s', async (method) => {
  const { send, work } = await serveFile();
  const { status, headers } = await send(method, { 'content-type': 'application/x-unknown' });
  expect(status).toBe(405);
  expect(headers.allow).toBe('GET, HEAD, OPTIONS');
  expect(work).toEqual([]);
});

test('serves the bytes with all headers', async () => {
  const { get, etag } = await serveFile();
  const { status, headers, body } = await get();
  expect(status).toBe(200);
  expect(body).toBe('0123456789');
  expect(headers).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': '10',
    'accept-ranges': 'bytes',
    'content-disposition': 'inline; filename=photo.jpg',
    'cache-control': 'public, max-age=31536000, immutable',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': expect.stringMatching(
      /ETag.*Content-Range.*Accept-Ranges.*Content-Length/,
    ),
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/^default-src 'none'.*; sandbox$/),
    etag,
  });
});

test('responds to HEAD with the same headers, without reading the bytes', async () => {
  const { get, send, work } = await serveFile();
  const { headers: expected } = await get();
  work.length = 0;
  const { status, headers, body } = await send('HEAD', { range: 'bytes=1-2' });
  expect(status).toBe(200);
  expect(body).toBe('');
  expect({ ...headers, date: '' }).toEqual({ ...expected, date: '' });
  expect(work).toEqual(['find', 'stat']);
});

test('does not let caches have a private file; scripts of a page that has its URL may read it', async () => {
  const { get } = await serveFile({ isPrivate: true });
  const { status, headers } = await get();
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('private, no-store');
  expect(headers['access-control-allow-origin']).toBe('*');
});

test('answers a preflight request, whatever the signature', async () => {
  const { send, sign } = await serveFile();
  for (const url of [sign(), sign().replace(/signature=./, 'signature=')]) {
    const { status, headers, body } = await send(
      'OPTIONS',
      { origin: 'https://shop.example.com' },
      url,
    );
    expect([status, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': expect.stringContaining('Range'),
    });
  }
});

test('scripts can read why a request was refused', async () => {
  const { get, sign } = await serveFile();
  const { status, headers } = await get({}, sign().replace(/signature=./, 'signature='));
  expect(status).toBe(403);
  expect(headers['access-control-allow-origin']).toBe('*');
});

test('saves a download under its original name', async () => {
  const { get, sign } = await serveFile({ originalFilename: 'Été à la mer.jpg' });
  const { headers } = await get({}, sign({ download: true }));
  expect(headers['content-disposition']).toMatch(/^attachment; filename="/);
  expect(headers['content-disposition']).toContain("filename*=UTF-8''%C3%89t%C3%A9%20%C3%A0");
});

test.for([
  'a"b.jpg',
  'a\r\nSet-Cookie: x=1.jpg',
  '\0.jpg',
  '😀\ud83d.jpg',
  '',
  '../../../etc/passwd',
  ';',
])('encodes the name %j in the header', async (originalFilename) => {
  const { get } = await serveFile({ originalFilename });
  const { status, headers, body } = await get();
  expect(status).toBe(200);
  expect(body).toBe('0123456789');
  expect(headers).not.toHaveProperty('set-cookie');
  expect(headers['content-disposition']).toMatch(/^inline/);
});

test('serves a PDF with a policy that disables its scripts', async () => {
  const { get } = await serveFile({ mimeType: 'application/pdf', originalFilename: 'a.pdf' });
  const { headers } = await get();
  expect(headers['content-type']).toBe('application/pdf');
  expect(headers['content-disposition']).toBe('inline; filename=a.pdf');
  expect(headers['content-security-policy']).toMatch(/; sandbox$/);
});
