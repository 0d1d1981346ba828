import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ReceiveStagedFile } from './receive-file.ts';
import type { StagedUrlSigner } from './staged-url.ts';

const PATH = '/uploads/:id';

/** Any page may send to an address it was given: the signature is all that counts, no cookie does. */
const FROM_ANYWHERE = {
  'access-control-allow-origin': '*',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'PUT',
  'access-control-allow-headers': '*',
  'access-control-max-age': '600',
};

/**
 * PUT of `/uploads/…`, open to whoever holds a signed address. Answers 200 once the bytes are here; 403 to
 * a bad or expired signature, before anything else; 400, 411, 413 to another length than was signed; 422
 * to bytes that are not those declared; 409 when the upload is being completed, or was.
 */
export const createStagedRoutes =
  ({ signer, receive }: { signer: StagedUrlSigner; receive: ReceiveStagedFile }) =>
  (app: FastifyInstance): void => {
    void app.register(async (scope) => {
      // The bytes are read from the raw stream, whatever they call themselves.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      // First, so that a page may read every answer, that something went wrong on our side too.
      scope.addHook('onRequest', async (_request, reply) => {
        reply.headers(FROM_ANYWHERE);
      });
      scope.options(PATH, async (_request, reply) => reply.code(204).headers(PREFLIGHT).send());
      scope.put(PATH, {
        onRequest: async (request, reply) => {
          const problem = requestProblem(request, signer);
          return problem && result(reply, problem);
        },
        handler: async ({ raw }, reply) => {
          const address = signer.verify(raw.url ?? '');
          return result(reply, address ? await receive(address, raw) : NOT_VALID);
        },
      });
    });
  };

const NOT_VALID = { status: 403, message: 'Invalid or expired URL.' };

/** What can be told from the head of the request. */
function requestProblem({ headers, raw }: FastifyRequest, signer: StagedUrlSigner) {
  const address = signer.verify(raw.url ?? '');
  if (!address) return NOT_VALID;
  const { 'content-length': given } = headers;
  if (given === undefined)
    return { status: 411, message: 'The content-length header is required.' };
  const length = Number(given);
  if (length === address.length) return null;
  const status = length > address.length ? 413 : 400;
  return {
    status,
    message: `The content-length must be ${address.length}, the declared file size.`,
  };
}

function result(
  reply: FastifyReply,
  sent: { byteSize: number } | { status: number; message: string },
) {
  if (!('status' in sent)) return reply.send(sent);
  const { status, message } = sent;
  return reply.code(status).send({ errors: [{ message }] });
}
