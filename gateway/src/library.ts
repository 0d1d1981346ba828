import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const builtApp = fileURLToPath(new URL('../../apps/media-library/dist', import.meta.url));
const FOREVER = 'public, max-age=31536000, immutable';

export interface LibraryOptions {
  /** Where the files are. Absent: at the gateway's own origin. */
  readonly imageOrigin: string | undefined;
}

/**
 * Scripts come from the gateway only. Styles of positions and sizes are set from scripts, which requires
 * `unsafe-inline`. Files that are being uploaded are shown from `blob:` URLs.
 */
const contentSecurityPolicy = ({ imageOrigin }: LibraryOptions) => {
  const media = ["'self'", 'blob:', imageOrigin].filter(Boolean).join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    `img-src data: ${media}`,
    `media-src ${media}`,
    `connect-src ${media}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

/**
 * Serves the media library at `/library` if it was built. The app needs no token; its requests do. Its files were
 * compressed when it was built. It chooses the screen itself: each URL that is not a file returns the page.
 */
export async function addLibrary(app: FastifyInstance, options: LibraryOptions): Promise<boolean> {
  if (!existsSync(builtApp)) return false;
  const headers = {
    'content-security-policy': contentSecurityPolicy(options),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  await app.register(async (library) => {
    await library.register(fastifyStatic, {
      root: builtApp,
      serve: false,
      preCompressed: true,
      cacheControl: false,
    });
    library.get('/library/settings.json', (_request, reply) =>
      reply
        .headers({ ...headers, 'cache-control': 'no-cache' })
        .send({ signIn: null, pickerOrigins: [] }),
    );
    library.get<{ Params: { '*': string } }>('/library/assets/*', ({ params }, reply) =>
      reply.headers({ ...headers, 'cache-control': FOREVER }).sendFile(`assets/${params['*']}`),
    );
    library.get('/library/*', (_request, reply) =>
      reply.headers({ ...headers, 'cache-control': 'no-cache' }).sendFile('index.html'),
    );
  });
  app.get('/library', (_request, reply) => reply.redirect('/library/'));
  return true;
}
