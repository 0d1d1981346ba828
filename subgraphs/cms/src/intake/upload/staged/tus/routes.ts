import type { IncomingHttpHeaders } from 'node:http';
import type { PaceLimits } from '@federated-media/multipart/pace';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import { type Lock, Server } from '@tus/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FileTooLargeError } from '../../../../storage/file-writer.ts';
import { StorageFullError } from '../../../../storage/storage-full.ts';
import type { StagedUploadUrl, StagedUrlSigner } from '../staged-url.ts';
import { type WatchedBody, watchBody } from '../watched-body.ts';
import { currentBody } from './current-body.ts';
import type { UploadLocks } from './upload-locks.ts';
import { TusRefusal } from './tus-refusal.ts';
import type { TusStore } from './tus-store.ts';

const PATH = '/uploads/tus/:id';
/** Of requests to @tus/server, which must not depend on what the client calls this host. */
const ORIGIN = 'http://uploads.invalid';
/** What a client says about itself otherwise, such as X-Forwarded-Host or X-HTTP-Method-Override, has no effect. */
const HEADERS = [
  'content-length',
  'content-type',
  'tus-resumable',
  'upload-concat',
  'upload-defer-length',
  'upload-length',
  'upload-offset',
];
/**
 * How long a request may continue when another one needs its lock. If its client has gone, it stores what has arrived and
 * ends at once.
 */
const DRAIN_MS = 3_000;
/** Any page may upload to a URL that it got: only the signature counts, not cookies. */
const FROM_ANYWHERE = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Location, Retry-After, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Offset, X-Request-Id',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'DELETE, HEAD, PATCH, POST',
  'access-control-allow-headers': '*',
  'access-control-max-age': '600',
};
const RESPONSE_HEADERS = [
  'location',
  'tus-extension',
  'tus-max-size',
  'tus-resumable',
  'tus-version',
  'upload-expires',
  'upload-length',
  'upload-offset',
];

/**
 * tus 1.0.0 (https://tus.io/protocols/resumable-upload) at `/uploads/tus/…`, with creation, creation-with-upload,
 * termination and expiration. Anyone with the signed URL of an upload may use it: the resource exists already (HEAD and
 * PATCH), or is created, and started again, by a POST to the same URL. Responds with 403 for an invalid or expired
 * signature, before anything else; otherwise as the protocol defines, and 408 if bytes arrive too slowly, 413 if the
 * store has no room, 422 if all bytes have arrived and do not match the checksum, 423 if another request does not end, 503
 * if too many uploads are in progress, and 507 if the disk is full. Bytes that have arrived are kept.
 */
export function createTusRoutes({
  store,
  locks,
  signer,
  maxBytes,
  pace,
  idleMs = UPLOAD_IDLE_MS,
  logger,
}: {
  store: TusStore;
  locks: UploadLocks;
  signer: StagedUrlSigner;
  maxBytes: number;
  pace: PaceLimits;
  idleMs?: number;
  logger: Logger;
}) {
  const urlOf = ({ url }: { url: string }) => signer.verify(url.slice(ORIGIN.length), 'TUS');
  const failures = new WeakMap<object, unknown>();
  const receiving = new Set<WatchedBody>();
  locks.onLost(() => {
    for (const body of receiving) body.end();
  });
  const tus = new Server({
    path: '/uploads/tus',
    datastore: store,
    locker: { newLock: (id) => endingBody(locks.locker.newLock(id)) },
    lockDrainTimeout: DRAIN_MS,
    maxSize: (request) => urlOf(request)?.length ?? maxBytes,
    getFileIdFromRequest: (request) => urlOf(request)?.id,
    namingFunction: (request) => urlOf(request)?.id ?? '',
    // Relative to the URL of the request, so that a path in front of it is kept.
    generateUrl: ({ url }) => url.slice(url.lastIndexOf('/') + 1),
    onResponseError: (request, error) => void failures.set(request, error),
  });

  /** The response of @tus/server. @throws what it could not answer */
  async function ask({ raw }: FastifyRequest): Promise<Response> {
    const request = new Request(`${ORIGIN}${raw.url}`, {
      method: raw.method ?? '',
      headers: headersOf(raw.headers),
    });
    const response = await tus.handleWeb(request);
    const failure = failures.get(request);
    if (failure instanceof Error && !('status_code' in failure)) throw failure;
    if (failure instanceof TusRefusal) throw failure;
    return response;
  }

  async function receive(request: FastifyRequest, { expiresAt }: StagedUploadUrl) {
    let slow: TusRefusal | undefined;
    const body: WatchedBody = watchBody(
      request.raw,
      { pace, idleMs, expiresAt },
      {
        onSlow(message) {
          slow = new TusRefusal(408, 'TIMEOUT', message);
          body.end();
        },
        // What has arrived is kept.
        onCut: (cut) => cut.end(),
      },
    );
    receiving.add(body);
    try {
      const response = await currentBody.run(body, () => ask(request));
      if (slow) throw slow;
      return response;
    } finally {
      receiving.delete(body);
      body.end();
      body.unwatch();
    }
  }

  async function answer(request: FastifyRequest, reply: FastifyReply) {
    const url = signer.verify(request.raw.url ?? '', 'TUS');
    if (!url) return sendRefusal(reply, INVALID_URL, request.id);
    const hasBody = request.method === 'PATCH' || request.method === 'POST';
    try {
      const response = await (hasBody ? receive(request, url) : ask(request));
      return await send(reply, response, request.id);
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      if (error instanceof StorageFullError)
        logger.error({ err: error.cause, upload: url.id }, 'the storage is full');
      return sendRefusal(reply, refusal, request.id);
    }
  }

  return (app: FastifyInstance): void => {
    void app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      scope.addHook('onRequest', async (_request, reply) => {
        reply.headers({ ...FROM_ANYWHERE, 'tus-resumable': '1.0.0' });
      });
      scope.options(PATH, async (request, reply) => {
        reply.headers(PREFLIGHT);
        return send(reply, await ask(request), request.id);
      });
      scope.route({ method: ['DELETE', 'HEAD', 'PATCH', 'POST'], url: PATH, handler: answer });
    });
  };
}

/** When its request must end, so does the body. */
function endingBody(lock: Lock): Lock {
  const body = currentBody.getStore();
  return {
    lock: (signal, askToEnd) => {
      signal.addEventListener('abort', () => body?.end(), { once: true });
      return lock.lock(signal, askToEnd);
    },
    unlock: () => lock.unlock(),
  };
}

function headersOf(given: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const name of HEADERS) {
    const value = given[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}

async function send(reply: FastifyReply, response: Response, requestId: string) {
  const { status, headers } = response;
  for (const name of RESPONSE_HEADERS) {
    const value = headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  if (status < 400) return reply.code(status).send();
  const message = (await response.text()).trim();
  return sendRefusal(reply, new TusRefusal(status, 'BAD_REQUEST', message), requestId);
}

function sendRefusal(reply: FastifyReply, refusal: TusRefusal, requestId: string) {
  const { status_code: status, code, message } = refusal;
  return reply.code(status).send({ errors: [{ message, extensions: { code, requestId } }] });
}

const INVALID_URL = new TusRefusal(403, 'FORBIDDEN', 'Invalid or expired URL.');

function refusalOf(error: unknown): TusRefusal | null {
  if (error instanceof TusRefusal) return error;
  if (error instanceof StorageFullError)
    return new TusRefusal(507, error.extensions.code, error.message);
  if (error instanceof FileTooLargeError)
    return new TusRefusal(413, 'FILE_TOO_LARGE', 'The body is larger than the declared file size.');
  return null;
}
