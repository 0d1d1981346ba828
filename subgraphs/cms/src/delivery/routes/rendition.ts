import { parse } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { negotiate } from '../rendition/format.ts';
import type { Rendition } from '../rendition/rendering.ts';
import { parseRecipe } from '../rendition/recipe.ts';
import { RenditionError } from '../rendition/rendition-error.ts';
import type { RenditionService } from '../rendition/service.ts';
import type { Storage } from '../../storage/storage.ts';
import { isUnchanged } from './etag.ts';
import type { Deliverable } from '../../files/media-file/deliverable.ts';
import { headersOf } from './headers.ts';
import { NOT_FOUND, INVALID_URL, sendError } from './error-response.ts';
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

/** Sends a rendition in the requested format or, for AUTO, in the best format for the client. */
export async function deliverRendition(
  { renditions, storage }: { renditions: RenditionService; storage: Storage },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
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
  const originalFilename = `${parse(file.originalFilename).name}.${format}`;
  // Tries a second time if the rendition was just evicted or lost by the storage.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const rendition =
      renditions.getCached(original, recipe) ??
      (await renditions
        .getOrCreate(original, { recipe, signal: disconnectSignal(reply) })
        .catch((error: unknown) => reasonOf(error)));
    if (typeof rendition === 'string') return sendRenditionError(reply, rendition);

    const { mimeType, checksum } = rendition;
    const description = { mimeType, checksum, originalFilename, isPrivate: file.isPrivate };
    const { etag = '', ...headers } = headersOf(description, mediaUrl);
    reply.headers({ ...headers, etag });
    if (isUnchanged(request.headers['if-none-match'], etag)) return reply.code(304).send();
    reply.header('content-length', rendition.byteSize);
    if (request.method === 'HEAD') return reply.send();
    const bytes = await bytesOf(rendition, storage);
    if (bytes) return reply.send(bytes);
    renditions.forget(original, recipe);
  }
  return sendRenditionError(reply, 'overloaded');
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
