import type { FastifyReply } from 'fastify';
import { UNTRUSTED_CONTENT_HEADERS } from './headers.ts';

export const INVALID_URL = 'Invalid or expired URL.';
export const NOT_FOUND = 'Not found.';

const CONTENT_HEADERS = ['content-disposition', 'content-length', 'etag', 'accept-ranges'];

/** Never cached: the next one to ask may be right. */
export function sendError(reply: FastifyReply, status: number, message: string) {
  return withoutContentHeaders(reply)
    .code(status)
    .type('text/plain; charset=utf-8')
    .send(`${message}\n`);
}

/** Takes back what was said about bytes that will not follow: a failure must not be kept for good. */
export function withoutContentHeaders(reply: FastifyReply): FastifyReply {
  for (const name of CONTENT_HEADERS) {
    reply.removeHeader(name);
    // A stream that breaks before its first byte has handed them over already.
    if (!reply.raw.headersSent) reply.raw.removeHeader(name);
  }
  return reply.headers({ ...UNTRUSTED_CONTENT_HEADERS, 'cache-control': 'no-store' });
}
