import { request } from 'node:http';
import { expect, test, vi } from 'vitest';
import { RenditionError } from '../rendition/rendition-error.ts';
import type { RenditionService } from '../rendition/service.ts';
import { serveFile } from '../../testing/delivery.ts';

const BYTES = Buffer.from('a picture');
const RENDITION = {
  bytes: BYTES,
  byteSize: BYTES.length,
  mimeType: 'image/webp',
  checksum: 'c'.repeat(64),
  storageKey: 'a',
};

async function serve(getOrCreate: RenditionService['getOrCreate']) {
  const renditions = {
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
] as const)('without a rendition because of %s: %i, kept nowhere', async ([reason, status]) => {
  const { get, path } = await serve(() => Promise.reject(new RenditionError(reason)));
  const answer = await get({}, path);
  expect(answer.status).toBe(status);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['retry-after']).toBe(reason === 'overloaded' ? '5' : undefined);
  expect(answer.headers['content-disposition']).toBeUndefined();
});

test('a rendition is named after the original, in its own format', async () => {
  const getOrCreate = vi.fn<RenditionService['getOrCreate']>(async () => RENDITION);
  const { get, path, work } = await serve(getOrCreate);
  const { status, headers, body } = await get({ accept: 'image/webp' }, path);
  expect({ status, body }).toEqual({ status: 200, body: 'a picture' });
  expect(headers['content-type']).toBe('image/webp');
  expect(headers['content-disposition']).toContain("filename*=UTF-8''Caf%C3%A9%20%221%22.tar.webp");
  expect(headers['accept-ranges']).toBeUndefined();
  expect(getOrCreate).toHaveBeenCalledWith(
    expect.objectContaining({ storageKey: 'a' }),
    expect.objectContaining({ recipe: expect.objectContaining({ width: 400, format: 'webp' }) }),
  );
  expect(work).toEqual(['find']);
});

test('a recipe that is signed but not understood any more is refused', async () => {
  const { get, sign } = await serve(async () => RENDITION);
  const path = sign({ recipe: 'w400-of-old', filename: 'a' });
  expect((await get({}, path)).status).toBe(403);
});

test('whoever hangs up no longer waits for a picture', async () => {
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
