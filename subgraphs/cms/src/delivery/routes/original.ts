import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCEL_LOCATION, type Handover } from '../../storage/handover.ts';
import type { Storage } from '../../storage/storage.ts';
import { parseRange } from './byte-range.ts';
import { isOther, isUnchanged, matchesIfRange } from './etag.ts';
import type { Deliverable } from '../../files/media-file/deliverable.ts';
import { headersOf } from './headers.ts';
import { OTHER_BYTES, UNKNOWN, sendError, sendRefusal } from './error-response.ts';
import { isRedirected, redirectToObject } from './redirect.ts';

/** Sends the original bytes or a range of them, or has another server send them. */
export async function deliverOriginal(
  {
    storage,
    handover,
    maxAgeSeconds,
    logger,
  }: { storage: Storage; handover: Handover | null; maxAgeSeconds: number; logger: Logger },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { file, download, secondsLeft }: { file: Deliverable; download: boolean; secondsLeft: number },
) {
  const { etag = '', ...headers } = headersOf(file, { download, maxAgeSeconds });
  const isKnown = isUnchanged(request.headers['if-none-match'], etag);
  const isElsewhere = !isKnown && isRedirected(request, { file, download, etag });
  if (handover?.kind === 'redirect' && isElsewhere) {
    return redirectToObject(reply, handover, { file, headers, maxAgeSeconds, secondsLeft });
  }

  reply.headers({ ...headers, etag, 'accept-ranges': 'bytes' });
  if (isOther(request.headers['if-match'], etag)) {
    return sendRefusal(reply, OTHER_BYTES);
  }
  if (isKnown) return reply.code(304).send();

  const missing = () => {
    logger.error({ storageKey: file.storageKey }, 'stored object is missing');
    return sendRefusal(reply, UNKNOWN);
  };
  if (request.method === 'HEAD') {
    if (!(await storage.stat(file.storageKey))) return missing();
    return reply.header('content-length', file.byteSize).send();
  }

  const range = matchesIfRange(request.headers['if-range'], etag)
    ? parseRange(request.headers.range, file.byteSize)
    : null;
  if (range === 'unsatisfiable') {
    return sendError(
      reply.header('content-range', `bytes */${file.byteSize}`),
      416,
      'Range not satisfiable.',
    );
  }
  if (handover?.kind === 'accel' && isBehindNginx(request)) {
    if (!(await storage.stat(file.storageKey))) return missing();
    // nginx adds it.
    reply.removeHeader('accept-ranges');
    return reply.header('x-accel-redirect', handover.pathOf(file.storageKey)).send('');
  }
  const bytes = await storage.get(file.storageKey, range ?? undefined, { reuseBuffers: true });
  if (!bytes) return missing();
  if (range) {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.byteSize}`);
  }
  const { start, end } = range ?? { start: 0, end: file.byteSize - 1 };
  return reply.header('content-length', end - start + 1).send(bytes);
}

/**
 * Whether the request came through an nginx that is configured to send the file. nginx compares these conditions with
 * the file instead of our ETag, so it cannot answer a request with one of them.
 */
const isBehindNginx = ({ headers }: FastifyRequest): boolean =>
  headers['x-accel-location'] === ACCEL_LOCATION &&
  headers['if-match'] === undefined &&
  headers['if-unmodified-since'] === undefined;
