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
import { INVALID, OTHER_BYTES, type Refusal, UNKNOWN, sendRefusal } from './error-response.ts';
import type { ReadyResponses, RenditionResponse } from './ready-responses.ts';
import type { SignedMediaUrl } from '../urls/signed-url.ts';

const RETRY_AFTER_SECONDS = 5;
const ERROR_RESPONSES = {
  overloaded: {
    status: 503,
    message: 'The image cannot be rendered at the moment. Try again in a few seconds.',
  },
  failed: { status: 500, message: 'The image could not be rendered.' },
  none: UNKNOWN,
} as const;

interface Dependencies {
  renditions: RenditionService;
  ready: ReadyResponses;
  storage: Storage;
  maxAgeSeconds: number;
}

export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

export type LookedUp =
  | { readonly file: Deliverable; readonly refusal?: never }
  | { readonly file?: never; readonly refusal: Refusal };

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

/**
 * Sends a rendition in the requested format or, for AUTO, in the best format for the client. `look` checks again
 * whether the file may be fetched.
 */
export async function deliverRendition(
  { renditions, ready, storage, maxAgeSeconds }: Dependencies,
  { request, reply }: Exchange,
  {
    mediaUrl,
    file,
    look,
  }: { mediaUrl: SignedMediaUrl; file: Deliverable; look: () => Promise<LookedUp> },
) {
  const requested = parseRecipe(mediaUrl.recipe ?? '');
  if (!requested) return sendRefusal(reply, INVALID);
  const isAuto = requested.format === 'auto';
  const { accept } = request.headers;
  const format = requested.format === 'auto' ? negotiate(accept, file) : requested.format;
  if (isAuto) reply.header('vary', 'Accept');

  const original = { ...mediaUrl, ...file };
  const recipe = { ...requested, format };
  const ref = renditions.refOf(mediaUrl, recipe);
  // Tries a second time if the rendition was just evicted or lost by the storage.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const cached = renditions.getCached(ref);
    const rendition =
      cached ??
      (await renditions
        .getOrCreate(original, { recipe, signal: disconnectSignal(reply) })
        .catch((error: unknown) => reasonOf(error)));
    if (typeof rendition === 'string') return sendRenditionError(reply, rendition);
    // Rendering can take seconds, in which the file may have been trashed or made private.
    const { file: current, refusal } = cached ? { file } : await look();
    if (refusal) return sendRefusal(reply, refusal);

    const { mimeType, checksum } = rendition;
    const { originalFilename, isPrivate } = current;
    const description = { mimeType, checksum, charset: null, originalFilename, isPrivate };
    const headers = {
      ...headersOf(description, { ...mediaUrl, maxAgeSeconds }),
      ...(isAuto && { vary: 'Accept' }),
    };
    const response = { headers, etag: etagOf(checksum), rendition };
    if (rendition.bytes) {
      ready.remember(mediaUrl, {
        ...response,
        requested: requested.format,
        format,
        file: current,
        ref,
      });
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
    sendRefusal(reply, OTHER_BYTES);
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
  if (reason === 'overloaded') reply.header('retry-after', RETRY_AFTER_SECONDS);
  return sendRefusal(reply, ERROR_RESPONSES[reason]);
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
