import type { FastifyReply } from 'fastify';
import { UNTRUSTED_CONTENT_HEADERS } from './headers.ts';

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export const INVALID: Refusal = { status: 403, message: 'Invalid or expired URL.' };
export const UNKNOWN: Refusal = { status: 404, message: 'Not found.' };
/** A failed If-Match (RFC 9110, 15.5.13). */
export const OTHER_BYTES: Refusal = { status: 412, message: 'The bytes have another ETag.' };

const CONTENT_HEADERS = ['content-disposition', 'content-length', 'etag', 'accept-ranges'];

/** Never cached: the same URL may succeed later. */
export function sendError(reply: FastifyReply, status: number, message: string) {
  return withoutContentHeaders(reply)
    .code(status)
    .type('text/plain; charset=utf-8')
    .send(`${message}\n`);
}

export const sendRefusal = (reply: FastifyReply, { status, message }: Refusal) =>
  sendError(reply, status, message);

/** Removes the headers about bytes that are not sent, so that no error is cached. */
export function withoutContentHeaders(reply: FastifyReply): FastifyReply {
  for (const name of CONTENT_HEADERS) {
    reply.removeHeader(name);
    // If a stream fails before its first byte, Fastify has already set these headers.
    if (!reply.raw.headersSent) reply.raw.removeHeader(name);
  }
  return reply.headers({ ...UNTRUSTED_CONTENT_HEADERS, 'cache-control': 'no-store' });
}
