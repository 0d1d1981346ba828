import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const builtPage = fileURLToPath(new URL('../graphiql/dist', import.meta.url));

/**
 * The page loads nothing from other hosts and cannot be framed. The editor sets styles from scripts, which requires
 * `unsafe-inline`; its style sheets contain fonts and images.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Serves GraphiQL at `/graphiql` if it was built. The page needs no token; its queries do. */
export async function addGraphiql(app: FastifyInstance): Promise<boolean> {
  if (!existsSync(builtPage)) return false;
  await app.register(fastifyStatic, {
    root: builtPage,
    prefix: '/graphiql/',
    decorateReply: false,
    index: 'index.html',
    setHeaders: (reply) => void reply.headers(PAGE_HEADERS),
  });
  app.get('/graphiql', (_request, reply) => reply.redirect('/graphiql/'));
  return true;
}
