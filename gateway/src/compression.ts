import compress from '@fastify/compress';
import type { SendBytes } from '@federated-media/subgraph-kit/graphql-http';
import type { FastifyInstance } from 'fastify';

/** Smaller responses fit into one packet anyway. */
const THRESHOLD_BYTES = 1_024;
/** Larger responses are compressed on another thread. */
const SYNCHRONOUS_BYTES = 8_192;

/** A query parameter that only signed URLs of PRIVATE files and of uploads have. */
const PARAMETER = 'expires=';
const SECRET = /[?&]expires=\d/;

/** Lets `sendCompressed` use Brotli or gzip. */
export async function addCompression(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    global: false,
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    threshold: THRESHOLD_BYTES,
    syncThreshold: SYNCHRONOUS_BYTES,
  });
}

/**
 * Compresses a response as the client accepts it. A response with a signed URL that expires is a secret next to text
 * that others may have written: its compressed size could reveal the signature (BREACH, CVE-2013-3587), so it is
 * sent unchanged.
 */
export const sendCompressed: SendBytes = (reply, body) => {
  if (body.includes(PARAMETER) && SECRET.test(String(body))) return reply.send(body);
  reply.compress(body);
  return reply;
};
