import type { FastifyReply } from 'fastify';
import { STRANGERS_BYTES } from './headers.ts';

export const NOT_VALID = 'The address is not valid, or not any more.';
export const NOTHING = 'There is nothing here.';

const OF_THE_BYTES = ['content-disposition', 'content-length', 'etag', 'accept-ranges'];

/** Never cached: the next one to ask may be right. */
export function refuse(reply: FastifyReply, status: number, message: string) {
  for (const name of OF_THE_BYTES) reply.removeHeader(name);
  return reply
    .code(status)
    .headers({ ...STRANGERS_BYTES, 'cache-control': 'no-store' })
    .type('text/plain; charset=utf-8')
    .send(`${message}\n`);
}
