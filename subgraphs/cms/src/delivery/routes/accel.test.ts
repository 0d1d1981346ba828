import { expect, test } from 'vitest';
import type { AccelPaths } from '../../storage/handover.ts';
import { serveFile } from '../../testing/delivery.ts';

const handover: AccelPaths = { kind: 'accel', pathOf: (key) => `/_objects/${key}` };
const FROM_NGINX = { 'x-accel-location': '/_objects/' };

test('names the file for nginx, with all headers and without bytes', async () => {
  const { get, etag } = await serveFile({ handover });
  const { status, headers, body } = await get({ ...FROM_NGINX, range: 'bytes=1-2' });
  expect([status, body]).toEqual([200, '']);
  expect(headers).toMatchObject({
    'x-accel-redirect': '/_objects/a',
    'content-type': 'image/jpeg',
    'content-security-policy': expect.stringContaining('sandbox'),
    etag,
  });
});

test('streams a request that did not come through nginx, or that needs our ETag', async () => {
  const { get, etag } = await serveFile({ handover });
  for (const headers of [
    {},
    { 'x-accel-location': '/elsewhere/' },
    { ...FROM_NGINX, 'if-match': etag },
  ]) {
    const response = await get(headers);
    expect(response.body).toBe('0123456789');
    expect(response.headers).not.toHaveProperty('x-accel-redirect');
  }
});

test('answers what needs no bytes, so that no error is cached', async () => {
  const { get, disk, etag } = await serveFile({ handover });
  expect((await get({ ...FROM_NGINX, 'if-none-match': etag })).status).toBe(304);
  expect(await get({ ...FROM_NGINX, range: 'bytes=10-' })).toMatchObject({
    status: 416,
    headers: { 'content-range': 'bytes */10' },
  });
  await disk.delete('a');
  expect(await get(FROM_NGINX)).toMatchObject({
    status: 404,
    headers: { 'cache-control': 'no-store' },
  });
});
