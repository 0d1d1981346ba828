import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import fastify from 'fastify';
import { onTestFinished } from 'vitest';
import type { Deliverable } from '../files/media-file/deliverable.ts';
import { createDeliveryRoutes } from '../delivery/routes/routes.ts';
import { type MediaUrl, createUrlSigner } from '../delivery/urls/signed-url.ts';
import { formatRecipe } from '../delivery/rendition/recipe.ts';
import { RenditionError } from '../delivery/rendition/rendition-error.ts';
import type { RenditionService } from '../delivery/rendition/service.ts';
import { openDiskStorage } from '../storage/disk-storage.ts';
import type { Handover } from '../storage/handover.ts';
import type { Storage } from '../storage/storage.ts';
import { temporaryFolder } from './folder.ts';

const BYTES = Buffer.from('0123456789');
export const NOON = Date.UTC(2026, 0, 1, 12);
const REF = {
  storeId: 'demo',
  mediaId: '0199f3a4-1111-7000-8000-000000000001',
  contentNumber: 1,
  recipe: null,
  filename: '0199f3a4-1111-7000-8000-000000000001.jpg',
};

export const refOf: RenditionService['refOf'] = ({ storeId, mediaId, contentNumber }, recipe) => ({
  storeId,
  mediaId,
  contentNumber,
  name: formatRecipe(recipe),
});

const NO_RENDITIONS: RenditionService = {
  refOf,
  getCached: () => undefined,
  forget: () => {},
  getOrCreate: () => Promise.reject(new RenditionError('none')),
  stop: async () => {},
};

/**
 * Serves one file from disk by the real routes on a real port. `work` lists the calls to the
 * storage and the cache.
 */
export async function serveFile({
  bytes = BYTES,
  renditions = NO_RENDITIONS,
  isCached = false,
  read,
  handover = null,
  maxAgeSeconds = 31_536_000,
  ...changes
}: Partial<Deliverable> & {
  bytes?: Buffer;
  renditions?: RenditionService;
  /** Whether the access check is cached from the start. */
  isCached?: boolean;
  /** Replaces the storage's method. */
  read?: Storage['get'];
  handover?: Handover | null;
  maxAgeSeconds?: number;
} = {}) {
  const folder = await temporaryFolder();
  const disk = openDiskStorage({ root: join(folder, 'objects') });
  await writeFile(join(folder, 'staged'), bytes);
  await disk.publish('a', join(folder, 'staged'));

  const checksum = createHash('sha256').update(bytes).digest('hex');
  const file: Deliverable = {
    storageKey: 'a',
    mimeType: 'image/jpeg',
    byteSize: bytes.length,
    checksum,
    originalFilename: 'photo.jpg',
    isPrivate: false,
    width: null,
    height: null,
    durationSeconds: null,
    animated: false,
    charset: null,
    ...changes,
  };
  const work: string[] = [];
  const storage: Storage = {
    ...disk,
    get: (...request) => (work.push('get'), (read ?? disk.get)(...request)),
    stat: (key) => (work.push('stat'), disk.stat(key)),
  };
  let time = NOON;
  let found: Deliverable | null = file;
  let held = Promise.resolve();
  const app = fastify();
  onTestFinished(() => app.close());
  const signer = createUrlSigner({
    secrets: ['a secret of at least thirty-two characters'],
    baseUrl: '',
    now: () => time,
  });
  createDeliveryRoutes({
    signer,
    storage,
    handover,
    accessCache: {
      async find() {
        work.push('find');
        await held;
        return found;
      },
      getCached: () => (isCached && found ? found : undefined),
    },
    renditions,
    maxAgeSeconds,
    logger: createLogger({ name: 'test', level: 'silent' }),
  })(app);
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const sign = (options: Partial<MediaUrl> & { isPrivate?: boolean } = {}) =>
    signer.sign({ ...REF, isPrivate: file.isPrivate, download: false, ...options });

  return {
    origin,
    work,
    disk,
    sign,
    etag: `"${checksum}"`,
    setTime: (milliseconds: number) => (time = milliseconds),
    forget: () => (found = null),
    /** The next access check finds this. */
    change: (columns: Partial<Deliverable>) => (found = { ...file, ...columns }),
    /** The server's side of the next connection. */
    async nextConnection(): Promise<Socket> {
      const [socket] = (await once(app.server, 'connection')) as [Socket];
      return socket;
    },
    /** Blocks the lookup of the file. `disconnected` resolves when the next client disconnects. */
    blockLookup() {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      const disconnected = new Promise<void>((resolve) => {
        app.server.once('connection', (socket) => socket.once('close', () => resolve()));
      });
      return { release: gate.resolve, disconnected };
    },
    get: (headers: Record<string, string> = {}, path = sign()) =>
      exchange(origin, { path, headers, method: 'GET' }),
    send: (method: string, headers: Record<string, string> = {}, path = sign()) =>
      exchange(origin, { path, headers, method }),
  };
}

/** Not fetch, which hides the Content-Length of HEAD and adds its own Accept-Encoding. */
async function exchange(
  origin: string,
  options: { path: string; method: string; headers: Record<string, string> },
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const request = httpRequest(origin, { ...options, agent: false }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const body = (await buffer(response)).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}
