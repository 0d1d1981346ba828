import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RenditionService } from '../rendition/service.ts';
import type { Handover } from '../../storage/handover.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Deliverable } from '../../files/media-file/deliverable.ts';
import { deliverOriginal } from './original.ts';
import type { AccessCache } from './access-cache.ts';
import {
  INVALID,
  UNKNOWN,
  sendError,
  sendRefusal,
  withoutContentHeaders,
} from './error-response.ts';
import { PREFLIGHT_HEADERS, UNTRUSTED_CONTENT_HEADERS } from './headers.ts';
import { type ReadyResponses, createReadyResponses } from './ready-responses.ts';
import { type Exchange, type LookedUp, deliverRendition, sendIfReady } from './rendition.ts';
import type { SignedMediaUrl, UrlSigner } from '../urls/signed-url.ts';

interface Dependencies {
  signer: UrlSigner;
  storage: Storage;
  /** Null: all bytes are streamed. */
  handover: Handover | null;
  accessCache: Pick<AccessCache, 'find' | 'getCached'>;
  renditions: RenditionService;
  /** How long caches may keep the bytes of a PUBLIC file. */
  maxAgeSeconds: number;
  logger: Logger;
}

interface Delivery extends Dependencies {
  ready: ReadyResponses;
}

const PATH = '/media/*';
const OTHER_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * GET and HEAD of `/media/…`, the only way to read bytes. Anyone with a signed URL may use it.
 * Responds with 200, 206, 302 (to the object store), 304, 403 (invalid or expired signature, nothing was looked up), 404, 405,
 * 412 or 416; for renditions also 500 (cannot be rendered) and 503 (overloaded).
 */
export function createDeliveryRoutes(dependencies: Dependencies): (app: FastifyInstance) => void {
  const delivery = { ...dependencies, ready: createReadyResponses(dependencies) };
  return (app) => {
    app.route({
      method: ['GET', 'HEAD'],
      url: PATH,
      handler: (request, reply) => deliver(delivery, { request, reply }),
      // The server's own handler comes next and responds.
      errorHandler(error, _request, reply) {
        withoutContentHeaders(reply);
        throw error;
      },
    });
    app.options(PATH, async (_request, reply) =>
      reply
        .code(204)
        .headers({ ...UNTRUSTED_CONTENT_HEADERS, ...PREFLIGHT_HEADERS })
        .send(),
    );
    app.route({
      method: OTHER_METHODS,
      url: PATH,
      // Before the body is parsed.
      onRequest: async (_request, reply) =>
        sendError(
          reply.header('allow', 'GET, HEAD, OPTIONS'),
          405,
          'Method not allowed. Use GET or HEAD.',
        ),
      handler: async () => {},
    });
  };
}

/** Not async: a promise for each image from memory takes longer than everything else here. */
function deliver(delivery: Delivery, exchange: Exchange): Promise<FastifyReply> | undefined {
  const { signer, accessCache } = delivery;
  const { request, reply } = exchange;
  const mediaUrl = signer.verify(request.raw.url ?? '');
  if (!mediaUrl) return void sendRefusal(reply, INVALID);
  const file = accessCache.getCached(mediaUrl);
  const isReady =
    file && !isRevoked(mediaUrl, file) && sendIfReady(delivery, exchange, { mediaUrl, file });
  return isReady ? undefined : lookUpAndDeliver(delivery, exchange, mediaUrl);
}

async function lookUpAndDeliver(
  delivery: Delivery,
  { request, reply }: Exchange,
  mediaUrl: SignedMediaUrl,
): Promise<FastifyReply> {
  const look = () => lookUp(delivery, mediaUrl);
  const { file, refusal } = await look();
  if (refusal) return sendRefusal(reply, refusal);

  if (mediaUrl.recipe === null) {
    const { download } = mediaUrl;
    const secondsLeft = delivery.signer.secondsLeft(mediaUrl);
    return deliverOriginal(delivery, { request, reply }, { file, download, secondsLeft });
  }
  return deliverRendition(delivery, { request, reply }, { mediaUrl, file, look });
}

/** The file of a URL, or why its bytes may not be fetched now. */
async function lookUp(
  { accessCache }: Pick<Delivery, 'accessCache'>,
  mediaUrl: SignedMediaUrl,
): Promise<LookedUp> {
  const file = await accessCache.find(mediaUrl);
  if (!file) return { refusal: UNKNOWN };
  return isRevoked(mediaUrl, file) ? { refusal: INVALID } : { file };
}

/** A URL that never expires, from the time when the file was PUBLIC. */
const isRevoked = ({ expiresAt }: SignedMediaUrl, { isPrivate }: Deliverable) =>
  isPrivate && expiresAt === null;
