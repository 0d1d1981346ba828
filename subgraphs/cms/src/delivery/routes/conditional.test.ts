import { expect, test } from 'vitest';
import { NOON, serveFile } from '../../testing/delivery.ts';

test('sends no bytes to a client that has them', async () => {
  const { get, etag, work } = await serveFile();
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const { status, headers, body } = await get({ 'if-none-match': tag });
    expect(status, tag).toBe(304);
    expect(body).toBe('');
    expect(headers).toMatchObject({ etag, 'cache-control': expect.stringContaining('immutable') });
  }
  expect(work).not.toContain('get');
  for (const tag of ['"other"', etag.slice(1, -1), '']) {
    expect((await get({ 'if-none-match': tag })).status, tag).toBe(200);
  }
});

test('sends bytes with If-Match only if they have that tag', async () => {
  const { get, etag, work } = await serveFile();
  for (const tag of [etag, `"other", ${etag}`, '*']) {
    expect((await get({ 'if-match': tag })).status, tag).toBe(200);
  }
  work.length = 0;
  for (const tag of ['"other"', `W/${etag}`, etag.slice(1, -1), '']) {
    const { status, headers } = await get({ 'if-match': tag, 'if-none-match': etag });
    expect(status, tag).toBe(412);
    expect(headers).not.toHaveProperty('etag');
  }
  expect(work).not.toContain('get');
});

test.for([
  ['bytes=0-0', '0', 'bytes 0-0/10'],
  ['bytes=3-5', '345', 'bytes 3-5/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-2', '89', 'bytes 8-9/10'],
  ['bytes=-99', '0123456789', 'bytes 0-9/10'],
] as const)('responds to %s with that part', async ([range, expected, contentRange]) => {
  const { get } = await serveFile();
  const { status, headers, body } = await get({ range });
  expect(status).toBe(206);
  expect(body).toBe(expected);
  expect(headers['content-range']).toBe(contentRange);
  expect(headers['content-length']).toBe(String(expected.length));
});

test('rejects a range beyond the end and reports the size', async () => {
  const { get, work } = await serveFile();
  const { status, headers } = await get({ range: 'bytes=10-' });
  expect(status).toBe(416);
  expect(headers['content-range']).toBe('bytes */10');
  expect(work).not.toContain('get');
});

test.for(['bytes=0-1,3-4', 'bytes=x', 'pages=1-2'])(
  'responds to %s with all bytes',
  async (range) => {
    const { get } = await serveFile();
    const { status, body } = await get({ range });
    expect(status).toBe(200);
    expect(body).toBe('0123456789');
  },
);

test('responds to a range of changed bytes with all bytes', async () => {
  const { get, etag } = await serveFile();
  const partOf = (ifRange: string) => get({ range: 'bytes=0-1', 'if-range': ifRange });
  expect((await partOf(etag)).status).toBe(206);
  for (const other of ['"other"', `W/${etag}`, new Date(NOON).toUTCString()]) {
    const { status, body } = await partOf(other);
    expect(status, other).toBe(200);
    expect(body).toBe('0123456789');
  }
});
