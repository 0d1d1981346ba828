import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const builtPage = fileURLToPath(new URL('../graphiql/dist', import.meta.url));

/** In this folder Vite puts a hash of the content into each file name. */
const HASHED = '/dist/assets/';
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * The page loads nothing from other hosts but images of the media origin, and cannot be framed. Scripts come from the
 * gateway only. The editor sets styles from scripts, which requires `unsafe-inline`; its style sheets contain fonts
 * and images. Responses contain placeholders as `data:` URLs.
 */
const contentSecurityPolicy = (imageOrigin: string | undefined) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    ["img-src 'self' data:", imageOrigin].filter(Boolean).join(' '),
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

interface GraphiqlOptions {
  /** Where the images of responses are. Absent: the page shows images of the gateway only. */
  readonly imageOrigin: string | undefined;
}

/**
 * Serves GraphiQL at `/graphiql` if it was built. The page needs no token; its queries do. Its files were compressed
 * when it was built.
 */
export async function addGraphiql(
  app: FastifyInstance,
  { imageOrigin }: GraphiqlOptions,
): Promise<boolean> {
  if (!existsSync(builtPage)) return false;
  const pageHeaders = {
    'content-security-policy': contentSecurityPolicy(imageOrigin),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  await app.register(fastifyStatic, {
    root: builtPage,
    prefix: '/graphiql/',
    decorateReply: false,
    // With `preCompressed`, a single name is not found.
    index: ['index.html'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) =>
      void reply.headers({
        ...pageHeaders,
        'cache-control': path.includes(HASHED) ? FOREVER : 'no-cache',
      }),
  });
  app.get('/graphiql', (_request, reply) => reply.redirect('/graphiql/'));
  return true;
}
