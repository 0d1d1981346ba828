import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Storage } from '../../storage/storage.ts';
import { parseRange } from './byte-range.ts';
import { isOther, isUnchanged, matchesIfRange } from './etag.ts';
import type { Deliverable } from '../../files/media-file/deliverable.ts';
import { headersOf } from './headers.ts';
import { OTHER_BYTES, UNKNOWN, sendError, sendRefusal } from './error-response.ts';

/** Sends the original bytes or a range of them. */
export async function deliverOriginal(
  { storage, logger }: { storage: Storage; logger: Logger },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { file, download }: { file: Deliverable; download: boolean },
) {
  const { etag = '', ...headers } = headersOf(file, { download });
  reply.headers({ ...headers, etag, 'accept-ranges': 'bytes' });
  if (isOther(request.headers['if-match'], etag)) {
    return sendRefusal(reply, OTHER_BYTES);
  }
  if (isUnchanged(request.headers['if-none-match'], etag)) return reply.code(304).send();

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
  const bytes = await storage.get(file.storageKey, range ?? undefined, { reuseBuffers: true });
  if (!bytes) return missing();
  if (range) {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.byteSize}`);
  }
  const { start, end } = range ?? { start: 0, end: file.byteSize - 1 };
  return reply.header('content-length', end - start + 1).send(bytes);
}
