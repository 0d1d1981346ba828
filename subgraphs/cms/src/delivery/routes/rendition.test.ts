import { request } from 'node:http';
import { expect, test, vi } from 'vitest';
import { RenditionError } from '../rendition/rendition-error.ts';
import type { RenditionService } from '../rendition/service.ts';
import { refOf, serveFile } from '../../testing/delivery.ts';

const BYTES = Buffer.from('an image');
const RENDITION = {
  bytes: BYTES,
  byteSize: BYTES.length,
  mimeType: 'image/webp',
  checksum: 'c'.repeat(64),
  storageKey: 'a',
};

type Served = Awaited<ReturnType<typeof serve>>;

async function serve(getOrCreate: RenditionService['getOrCreate']) {
  const renditions = {
    refOf,
    getCached: () => undefined,
    forget: () => {},
    getOrCreate,
    stop: async () => {},
  };
  const served = await serveFile({ renditions, originalFilename: 'Café "1".tar.jpg' });
  return { ...served, path: served.sign({ recipe: 'w400inside-auto', filename: 'a' }) };
}

test.for([
  ['overloaded', 503],
  ['failed', 500],
  ['none', 404],
] as const)('responds to a rendition error %s with %i, not cached', async ([reason, status]) => {
  const { get, path } = await serve(() => Promise.reject(new RenditionError(reason)));
  const response = await get({}, path);
  expect(response.status).toBe(status);
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['retry-after']).toBe(reason === 'overloaded' ? '5' : undefined);
  expect(response.headers['content-disposition']).toBeUndefined();
});

test('names a rendition after the original, with its own extension', async () => {
  const getOrCreate = vi.fn<RenditionService['getOrCreate']>(async () => RENDITION);
  const { get, path, work } = await serve(getOrCreate);
  const { status, headers, body } = await get({ accept: 'image/webp' }, path);
  expect({ status, body }).toEqual({ status: 200, body: 'an image' });
  expect(headers['content-type']).toBe('image/webp');
  expect(headers['content-disposition']).toContain("filename*=UTF-8''Caf%C3%A9%20%221%22.tar.webp");
  expect(headers['accept-ranges']).toBeUndefined();
  expect(getOrCreate).toHaveBeenCalledWith(
    expect.objectContaining({ storageKey: 'a' }),
    expect.objectContaining({ recipe: expect.objectContaining({ width: 400, format: 'webp' }) }),
  );
  expect(work).toEqual(['find', 'find']);
});

test('rejects a signed recipe that is not supported any more', async () => {
  const { get, sign } = await serve(async () => RENDITION);
  const path = sign({ recipe: 'w400-of-old', filename: 'a' });
  expect((await get({}, path)).status).toBe(403);
});

test.each([
  ['trashed', 404, (served: Served) => served.forget()],
  ['made private', 403, (served: Served) => served.change({ isPrivate: true })],
])(
  'does not send a rendition of a file that was %s while it was rendered',
  async (_what, status, change) => {
    const served: Served = await serve(async () => {
      change(served);
      return RENDITION;
    });
    expect((await served.get({}, served.path)).status).toBe(status);
  },
);

test('is not cached by others if the file was made private while it was rendered', async () => {
  const served: Served = await serve(async () => {
    served.change({ isPrivate: true });
    return RENDITION;
  });
  const expiring = served.sign({ recipe: 'w400inside-auto', filename: 'a', isPrivate: true });
  const { status, headers } = await served.get({}, expiring);
  expect([status, headers['cache-control']]).toEqual([200, 'private, no-store']);
});

test('stops waiting for the rendition of a client that disconnects', async () => {
  const started = Promise.withResolvers<AbortSignal>();
  const { origin, path } = await serve((_original, { signal }) => {
    started.resolve(signal);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  const asking = request(`${origin}${path}`).on('error', () => {});
  asking.end();
  const signal = await started.promise;
  asking.destroy();
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
});
