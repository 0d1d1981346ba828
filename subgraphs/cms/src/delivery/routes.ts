import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Storage } from '../storage/storage.ts';
import { parseRange } from './byte-range.ts';
import { holdsRange, isUnchanged } from './etag.ts';
import { type Deliverable, STRANGERS_BYTES, headersOf } from './headers.ts';
import type { SignedAddress, UrlSigner } from './signed-url.ts';

interface Dependencies {
  signer: UrlSigner;
  storage: Storage;
  /** Null when there is nothing to hand out: unknown, purged or in the trash. */
  find: (ref: {
    storeId: string;
    mediaId: string;
    contentNumber: number;
  }) => Promise<Deliverable | null>;
  logger: Logger;
}

const PATH = '/media/*';
const NOT_VALID = 'The address is not valid, or not any more.';
const NOTHING = 'There is nothing here.';
const ANYTHING_ELSE = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * GET and HEAD of `/media/…`: the only door bytes leave by, open to whoever holds a signed address.
 * Answers 200, 206, 304, 403 (bad or expired signature; nothing was looked up), 404, 405 and 416.
 */
export function createDeliveryRoutes(dependencies: Dependencies): (app: FastifyInstance) => void {
  return (app) => {
    app.route({
      method: ['GET', 'HEAD'],
      url: PATH,
      handler: async (request, reply) => deliver(dependencies, request, reply),
    });
    app.route({
      method: ANYTHING_ELSE,
      url: PATH,
      // Before the body is looked at.
      onRequest: async (_request, reply) =>
        refuse(reply.header('allow', 'GET, HEAD'), 405, 'Only GET and HEAD.'),
      handler: async () => {},
    });
  };
}

async function deliver(
  { signer, storage, find, logger }: Dependencies,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const address = signer.verify(request.raw.url ?? '');
  if (!address) return refuse(reply, 403, NOT_VALID);
  const file = await find(address);
  if (!file) return refuse(reply, 404, NOTHING);
  if (isOutlived(address, file)) return refuse(reply, 403, NOT_VALID);

  const { etag = '', ...headers } = headersOf(file, address);
  reply.headers({ ...headers, etag });
  if (isUnchanged(request.headers['if-none-match'], etag)) return reply.code(304).send();

  const missing = () => {
    logger.error({ storageKey: file.storageKey }, 'an object is missing from the storage');
    return refuse(reply, 404, NOTHING);
  };
  if (request.method === 'HEAD') {
    if (!(await storage.stat(file.storageKey))) return missing();
    return reply.header('content-length', file.byteSize).send();
  }

  const range = holdsRange(request.headers['if-range'], etag)
    ? parseRange(request.headers.range, file.byteSize)
    : null;
  if (range === 'unsatisfiable') {
    return refuse(reply.header('content-range', `bytes */${file.byteSize}`), 416, 'No such range.');
  }
  const bytes = await storage.get(file.storageKey, range ?? undefined);
  if (!bytes) return missing();
  if (range) {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.byteSize}`);
  }
  const { start, end } = range ?? { start: 0, end: file.byteSize - 1 };
  return reply.header('content-length', end - start + 1).send(bytes);
}

/** An address without end, from when the file was PUBLIC. */
const isOutlived = ({ expiresAt }: SignedAddress, { isPrivate }: Deliverable) =>
  isPrivate && expiresAt === null;

/** Never cached: the next one to ask may be right. */
function refuse(reply: FastifyReply, status: number, message: string) {
  for (const name of ['content-disposition', 'etag', 'accept-ranges']) reply.removeHeader(name);
  return reply
    .code(status)
    .headers({ ...STRANGERS_BYTES, 'cache-control': 'no-store' })
    .type('text/plain; charset=utf-8')
    .send(`${message}\n`);
}
