import type { FastifyReply } from 'fastify';
import { STRANGERS_BYTES } from './headers.ts';

export const NOT_VALID = 'Invalid or expired URL.';
export const NOTHING = 'Not found.';

const OF_THE_BYTES = ['content-disposition', 'content-length', 'etag', 'accept-ranges'];

/** Never cached: the next one to ask may be right. */
export function sendError(reply: FastifyReply, status: number, message: string) {
  return withoutBytes(reply).code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}

/** Takes back what was said about bytes that will not follow: a failure must not be kept for good. */
export function withoutBytes(reply: FastifyReply): FastifyReply {
  for (const name of OF_THE_BYTES) {
    reply.removeHeader(name);
    // A stream that breaks before its first byte has handed them over already.
    if (!reply.raw.headersSent) reply.raw.removeHeader(name);
  }
  return reply.headers({ ...STRANGERS_BYTES, 'cache-control': 'no-store' });
}
