import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { RenditionService } from '../rendition/service.ts';
import { refOf, serveFile } from '../../testing/delivery.ts';

const STORED = {
  mimeType: 'image/webp',
  byteSize: 5,
  checksum: 'c'.repeat(64),
  storageKey: 'b',
  bytes: null,
};
const IN_STORAGE: RenditionService = {
  refOf,
  getCached: () => STORED,
  forget: () => {},
  getOrCreate: async () => STORED,
  stop: async () => {},
};

test.for([
  ['cannot be opened', async () => Promise.reject(new Error('EMFILE'))],
  [
    'cannot be read',
    async () =>
      new Readable({
        read() {
          this.destroy(new Error('EIO'));
        },
      }),
  ],
] as const)('does not cache a response if the bytes %s', async ([, read]) => {
  for (const recipe of [undefined, 'w10inside-webp']) {
    const { get, sign } = await serveFile({ read, renditions: IN_STORAGE });
    const { status, headers } = await get({}, sign({ ...(recipe && { recipe }) }));
    expect(status).toBe(500);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('content-disposition');
    expect(headers).not.toHaveProperty('accept-ranges');
  }
});

test('asks to retry for a rendition that was just evicted', async () => {
  const { get, sign } = await serveFile({ read: async () => null, renditions: IN_STORAGE });
  const { status, headers } = await get({}, sign({ recipe: 'w10inside-webp' }));
  expect(status).toBe(503);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '5' });
  expect(headers).not.toHaveProperty('etag');
});
