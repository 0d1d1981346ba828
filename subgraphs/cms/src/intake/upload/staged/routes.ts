import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PutRefusal, ReceiveStagedFile } from './receive-file.ts';
import type { StagedUrlSigner } from './staged-url.ts';

const PATH = '/uploads/:id';

/** Any page may upload to a URL that it got: only the signature counts, not cookies. */
const FROM_ANYWHERE = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After, X-Request-Id',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'PUT',
  'access-control-allow-headers': '*',
  'access-control-max-age': '600',
};

/**
 * PUT of `/uploads/…`. Anyone with a signed URL may use it. Responds with 200 when the bytes have
 * arrived; 403 for an invalid or expired signature, before anything else; 400, 411 or 413 for
 * another length than the signed one, 413 also if the store has no room for it; 408 if they arrive too slowly; 422 if
 * they do not match the checksum; 409 if the upload is being completed, was completed, or a newer PUT has started; 503
 * if too many uploads are in progress; 507 if the disk is full.
 */
export const createStagedRoutes =
  ({ signer, receive }: { signer: StagedUrlSigner; receive: ReceiveStagedFile }) =>
  (app: FastifyInstance): void => {
    void app.register(async (scope) => {
      // The raw stream is read, whatever its content type.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      // Set first, so that a page can read every response, including internal errors.
      scope.addHook('onRequest', async (_request, reply) => {
        reply.headers(FROM_ANYWHERE);
      });
      scope.options(PATH, async (_request, reply) => reply.code(204).headers(PREFLIGHT).send());
      scope.put(PATH, {
        onRequest: async (request, reply) => {
          const problem = requestProblem(request, signer);
          return problem && sendResult(reply, problem, request.id);
        },
        handler: async ({ raw, id }, reply) => {
          const url = signer.verify(raw.url ?? '', 'PUT');
          return sendResult(reply, url ? await receive(url, raw) : INVALID_URL, id);
        },
      });
    });
  };

const INVALID_URL = { status: 403, code: 'FORBIDDEN', message: 'Invalid or expired URL.' };
const NO_LENGTH = {
  status: 411,
  code: 'BAD_REQUEST',
  message: 'The content-length header is required.',
};

/** What can be rejected before the body is read. */
function requestProblem(
  { headers, raw }: FastifyRequest,
  signer: StagedUrlSigner,
): PutRefusal | null {
  const url = signer.verify(raw.url ?? '', 'PUT');
  if (!url) return INVALID_URL;
  const { 'content-length': contentLength } = headers;
  if (contentLength === undefined) return NO_LENGTH;
  const length = Number(contentLength);
  if (length === url.length) return null;
  const status = length > url.length ? 413 : 400;
  return {
    status,
    code: 'BAD_REQUEST',
    message: `The content-length must be ${url.length}, the declared file size.`,
  };
}

function sendResult(
  reply: FastifyReply,
  result: { byteSize: number } | PutRefusal,
  requestId: string,
) {
  if (!('status' in result)) return reply.send(result);
  const { status, code, message } = result;
  return reply.code(status).send({ errors: [{ message, extensions: { code, requestId } }] });
}
