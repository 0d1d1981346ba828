import { parse } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { negotiate } from '../rendition/format.ts';
import type { Rendition } from '../rendition/rendering.ts';
import { parseRecipe } from '../rendition/recipe.ts';
import { RenditionError } from '../rendition/rendition-error.ts';
import type { RenditionService } from '../rendition/service.ts';
import type { Storage } from '../../storage/storage.ts';
import { etagOf, isOther, isUnchanged } from './etag.ts';
import type { Deliverable } from '../../files/media-file/deliverable.ts';
import { headersOf } from './headers.ts';
import { INVALID_URL, NOT_FOUND, OTHER_BYTES, sendError } from './error-response.ts';
import type { ReadyResponses, RenditionResponse } from './ready-responses.ts';
import type { SignedMediaUrl } from '../urls/signed-url.ts';

const RETRY_AFTER_SECONDS = 5;
const ERROR_RESPONSES = {
  overloaded: {
    status: 503,
    message: 'Too many images are being rendered. Try again in a few seconds.',
  },
  failed: { status: 500, message: 'The image could not be rendered.' },
  none: { status: 404, message: NOT_FOUND },
} as const;

interface Dependencies {
  renditions: RenditionService;
  ready: ReadyResponses;
  storage: Storage;
}

export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Sends a rendition again if it is in memory, without waiting for anything. Returns whether it did. */
export function sendIfReady(
  { ready }: Pick<Dependencies, 'ready'>,
  { request, reply }: Exchange,
  { mediaUrl, file }: { mediaUrl: SignedMediaUrl; file: Deliverable },
): boolean {
  const response = ready.find(mediaUrl, { file, accept: request.headers.accept });
  if (!response?.rendition.bytes) return false;
  if (!sendHeadAlone({ request, reply }, response)) reply.send(response.rendition.bytes);
  return true;
}

/** Sends a rendition in the requested format or, for AUTO, in the best format for the client. */
export async function deliverRendition(
  { renditions, ready, storage }: Dependencies,
  { request, reply }: Exchange,
  { mediaUrl, file }: { mediaUrl: SignedMediaUrl; file: Deliverable },
) {
  const requested = parseRecipe(mediaUrl.recipe ?? '');
  if (!requested) return sendError(reply, 403, INVALID_URL);
  const isAuto = requested.format === 'auto';
  const { accept } = request.headers;
  const format = requested.format === 'auto' ? negotiate(accept, file.mimeType) : requested.format;
  if (isAuto) reply.header('vary', 'Accept');

  const original = { ...mediaUrl, ...file };
  const recipe = { ...requested, format };
  const ref = renditions.refOf(mediaUrl, recipe);
  const originalFilename = `${parse(file.originalFilename).name}.${format}`;
  // Tries a second time if the rendition was just evicted or lost by the storage.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const rendition =
      renditions.getCached(ref) ??
      (await renditions
        .getOrCreate(original, { recipe, signal: disconnectSignal(reply) })
        .catch((error: unknown) => reasonOf(error)));
    if (typeof rendition === 'string') return sendRenditionError(reply, rendition);

    const { mimeType, checksum } = rendition;
    const description = { mimeType, checksum, originalFilename, isPrivate: file.isPrivate };
    const headers = { ...headersOf(description, mediaUrl), ...(isAuto && { vary: 'Accept' }) };
    const response = { headers, etag: etagOf(checksum), rendition };
    if (rendition.bytes) {
      ready.remember(mediaUrl, { ...response, requested: requested.format, format, file, ref });
    }
    if (sendHeadAlone({ request, reply }, response)) return reply;
    const bytes = await bytesOf(rendition, storage);
    if (bytes) return reply.send(bytes);
    renditions.forget(ref);
  }
  return sendRenditionError(reply, 'overloaded');
}

/** Sets the headers, and sends the response if it does not contain the image. Returns whether it did. */
function sendHeadAlone({ request, reply }: Exchange, response: RenditionResponse): boolean {
  const { headers, etag, rendition } = response;
  reply.headers(headers);
  if (isOther(request.headers['if-match'], etag)) {
    sendError(reply, OTHER_BYTES.status, OTHER_BYTES.message);
    return true;
  }
  if (isUnchanged(request.headers['if-none-match'], etag)) {
    reply.code(304).send();
    return true;
  }
  reply.header('content-length', rendition.byteSize);
  if (request.method !== 'HEAD') return false;
  reply.send();
  return true;
}

function sendRenditionError(reply: FastifyReply, reason: RenditionError['reason']) {
  const { status, message } = ERROR_RESPONSES[reason];
  if (reason === 'overloaded') reply.header('retry-after', RETRY_AFTER_SECONDS);
  return sendError(reply, status, message);
}

const bytesOf = ({ bytes, storageKey }: Rendition, storage: Storage) =>
  bytes ?? storage.get(storageKey, undefined, { reuseBuffers: true });

function reasonOf(error: unknown): RenditionError['reason'] {
  if (error instanceof RenditionError) return error.reason;
  throw error;
}

/** Aborts the rendering for a client that has disconnected. */
function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // 'close' was emitted already.
  if (reply.raw.destroyed) controller.abort();
  else
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
  return controller.signal;
}
