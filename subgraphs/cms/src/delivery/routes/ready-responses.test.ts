import type { IncomingHttpHeaders } from 'node:http';
import { expect, test, vi } from 'vitest';
import type { Rendition } from '../rendition/rendering.ts';
import type { RenditionService } from '../rendition/service.ts';
import { refOf, serveFile } from '../../testing/delivery.ts';

const BYTES = Buffer.from('an image');

const renditionIn = (format: string, bytes = BYTES): Rendition => ({
  bytes,
  byteSize: bytes.length,
  mimeType: `image/${format}`,
  checksum: format.padEnd(64, '0'),
  storageKey: format,
});

/** Serves renditions from memory. `evict` removes them, so that the next request renders. */
async function serve(recipe = 'w400inside-auto') {
  let isInMemory = true;
  const formatOf = (name: string) => name.split('-').at(-1) ?? '';
  const getOrCreate = vi.fn<RenditionService['getOrCreate']>(async (_original, { recipe }) =>
    renditionIn(recipe.format, Buffer.from('another image')),
  );
  const renditions: RenditionService = {
    refOf,
    getCached: ({ name }) => (isInMemory ? renditionIn(formatOf(name)) : undefined),
    forget: () => {},
    getOrCreate,
    stop: async () => {},
  };
  const served = await serveFile({ renditions, isCached: true });
  const path = served.sign({ recipe, filename: 'a' });
  return { ...served, path, getOrCreate, evict: () => (isInMemory = false) };
}

const withoutDate = ({ date: _date, ...headers }: IncomingHttpHeaders) => headers;

test('a repeated request gets the same response, without a lookup of the file', async () => {
  const { get, send, path, work } = await serve('w400inside-webp');
  const first = await get({}, path);
  expect(first).toMatchObject({ status: 200, body: 'an image' });
  expect(work).toEqual(['find']);

  const again = await get({}, path);
  expect(again).toMatchObject({ status: 200, body: 'an image' });
  expect(withoutDate(again.headers)).toEqual(withoutDate(first.headers));
  const head = await send('HEAD', {}, path);
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(withoutDate(head.headers)).toEqual(withoutDate(first.headers));
  expect((await get({ 'if-match': '"other"' }, path)).status).toBe(412);
  expect((await get({ 'if-match': `${first.headers.etag}` }, path)).status).toBe(200);
  const unchanged = await get({ 'if-none-match': `W/${first.headers.etag}` }, path);
  expect(unchanged).toMatchObject({ status: 304, body: '' });
  expect(unchanged.headers.etag).toBe(first.headers.etag);
  expect(unchanged.headers).not.toHaveProperty('content-length');
  const part = await get({ range: 'bytes=0-1' }, path);
  expect(part).toMatchObject({ status: 200, body: 'an image' });
  expect(work).toEqual(['find']);
});

test('each client gets its own format of an AUTO rendition', async () => {
  const { get, path, work } = await serve();
  const ask = async (accept: string) => (await get({ accept }, path)).headers;
  for (const _round of [1, 2]) {
    for (const [accept, type] of [
      ['image/avif,image/webp', 'image/avif'],
      ['image/webp', 'image/webp'],
      ['image/avif;q=0,*/*', 'image/jpeg'],
    ] as const) {
      expect(await ask(accept)).toMatchObject({ 'content-type': type, vary: 'Accept' });
    }
  }
  expect(work).toEqual(['find', 'find', 'find']);
});

test('the headers change with the file', async () => {
  const { get, path, change } = await serve('w400inside-webp');
  await get({}, path);
  change({ originalFilename: 'renamed.jpg' });
  const renamed = await get({}, path);
  expect(renamed.headers['content-disposition']).toBe('inline; filename=renamed.webp');

  change({ isPrivate: true });
  const refused = await get({}, path);
  expect(refused.status).toBe(403);
  expect(refused.headers['cache-control']).toBe('no-store');
});

test('a file that cannot be found any more is not served', async () => {
  const { get, send, path, forget } = await serve('w400inside-webp');
  await get({}, path);
  forget();
  expect((await get({}, path)).status).toBe(404);
  expect((await send('HEAD', {}, path)).status).toBe(404);
  expect((await get({ 'if-none-match': '*' }, path)).status).toBe(404);
});

test('an expired URL is not served', async () => {
  const { get, sign, setTime, change } = await serve();
  change({ isPrivate: true });
  const path = sign({ recipe: 'w400inside-webp', filename: 'a', isPrivate: true });
  for (const _time of [1, 2]) expect((await get({}, path)).status).toBe(200);
  setTime(Date.UTC(2026, 0, 1, 13));
  expect((await get({}, path)).status).toBe(403);
});

test('a rendition that was evicted from memory is rendered or read again', async () => {
  const { get, path, evict, getOrCreate } = await serve('w400inside-webp');
  await get({}, path);
  expect(getOrCreate).not.toHaveBeenCalled();
  evict();
  expect(await get({}, path)).toMatchObject({ status: 200, body: 'another image' });
  expect(getOrCreate).toHaveBeenCalledTimes(1);
});
