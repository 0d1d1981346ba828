import { expect, test } from 'vitest';
import type { ObjectRedirects } from '../../storage/handover.ts';
import { NOON, serveFile } from '../../testing/delivery.ts';

const LARGE = Buffer.alloc(1_000_000, 'x');

async function serve(changes: Parameters<typeof serveFile>[0] = {}) {
  const asked: Parameters<ObjectRedirects['urlOf']>[] = [];
  const handover: ObjectRedirects = {
    kind: 'redirect',
    async urlOf(...request) {
      asked.push(request);
      return 'https://objects.example/a?signed';
    },
  };
  return { asked, ...(await serveFile({ bytes: LARGE, handover, ...changes })) };
}

type Served = Awaited<ReturnType<typeof serve>>;

test('redirects a GET of a large image for less time than the URL is valid', async () => {
  const { asked, get, work } = await serve();
  const { status, headers, body } = await get({ range: 'bytes=5-' });
  expect([status, body]).toEqual([302, '']);
  expect(headers).toMatchObject({
    location: 'https://objects.example/a?signed',
    'cache-control': 'public, max-age=30',
    'access-control-allow-origin': '*',
  });
  expect(headers).not.toHaveProperty('etag');
  expect(asked).toEqual([
    [
      'a',
      {
        contentType: 'image/jpeg',
        contentDisposition: 'inline; filename=photo.jpg',
        cacheControl: 'private, max-age=31536000, immutable',
        validForSeconds: 60,
      },
    ],
  ]);
  expect(work).toEqual(['find']);
});

test.for([
  [10, 'public, max-age=10'],
  [0, 'private, no-store'],
] as const)('a redirect is not cached for longer than %d s, as the file', async ([age, header]) => {
  const { asked, get } = await serve({ maxAgeSeconds: age });
  expect((await get()).headers['cache-control']).toBe(header);
  expect(asked[0]?.[1].cacheControl).toBe(`private, max-age=${age}, immutable`);
});

test('neither the redirect nor the bytes of a PRIVATE file are cached', async () => {
  const { asked, get } = await serve({ isPrivate: true });
  const { status, headers } = await get();
  expect([status, headers['cache-control']]).toEqual([302, 'private, no-store']);
  expect(asked[0]?.[1].cacheControl).toBe('private, no-store');
});

test('the URL of the object is not valid for longer than the URL of a PRIVATE file', async () => {
  const { asked, get, setTime, sign } = await serve({ isPrivate: true });
  const path = sign();
  setTime(NOON + 1_800_000 - 20_000);
  expect((await get({}, path)).status).toBe(302);
  expect(asked[0]?.[1].validForSeconds).toBe(20);
  setTime(NOON + 1_800_000);
  expect((await get({}, path)).status).toBe(403);
  expect(asked).toHaveLength(1);
});

test.for([
  ['a small file', { bytes: LARGE.subarray(1) }],
  ['a drawing, which needs a policy', { mimeType: 'image/svg+xml' }],
  ['a PDF, which needs a policy', { mimeType: 'application/pdf' }],
  ['text, which needs nosniff', { mimeType: 'text/plain' }],
  ['an archive, which needs nosniff', { mimeType: 'application/zip' }],
  ['a video that is played, for longer than the URL is valid', { mimeType: 'video/mp4' }],
] as const)('streams %s', async ([, changes]) => {
  const { asked, get } = await serve({ ...changes });
  const { status, headers } = await get();
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
  expect(asked).toEqual([]);
});

test('redirects the download of a video under its name', async () => {
  const { asked, get, sign } = await serve({ mimeType: 'video/mp4', originalFilename: 'Fête.mp4' });
  expect((await get({}, sign({ download: true }))).status).toBe(302);
  expect(asked[0]?.[1]).toMatchObject({
    contentType: 'video/mp4',
    contentDisposition: expect.stringMatching(/^attachment; .*F%C3%AAte\.mp4$/),
  });
});

test('answers HEAD and requests with our ETag, which the object store does not know', async () => {
  const { asked, get, send, etag } = await serve();
  expect(await send('HEAD')).toMatchObject({
    status: 200,
    headers: { etag, 'content-length': '1000000' },
  });
  expect((await get({ 'if-none-match': etag })).status).toBe(304);
  expect((await get({ 'if-match': etag })).status).toBe(200);
  const rest = await get({ 'if-range': etag, range: 'bytes=999998-' });
  expect([rest.status, rest.body]).toEqual([206, 'xx']);
  expect(asked).toEqual([]);
});

test('lets the object store compare an ETag that it sent', async () => {
  const { get } = await serve();
  for (const name of ['if-match', 'if-range', 'if-none-match'])
    expect((await get({ [name]: '"of the object store"' })).status, name).toBe(302);
});

test.for([
  ['unknown', ({ forget }: Served): unknown => forget(), 404],
  ['PRIVATE, and was PUBLIC', ({ change }: Served): unknown => change({ isPrivate: true }), 403],
] as const)('refuses a file that is %s before it computes a URL', async ([, change, status]) => {
  const served = await serve();
  change(served);
  const response = await served.get();
  expect(response.status).toBe(status);
  expect(response.headers).not.toHaveProperty('location');
  expect(served.asked).toEqual([]);
});
