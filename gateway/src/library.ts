import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { UnauthenticatedError } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createRejectedTokens } from '@federated-media/subgraph-kit/telemetry/rejected-tokens';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClientIdentity } from './client-identity.ts';
import type { LibraryOptions } from './library-settings.ts';

const builtApp = fileURLToPath(new URL('../../apps/media-library/dist', import.meta.url));
/** In this folder Vite puts a hash of the content into each file name. */
const HASHED = '/dist/assets/';
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Scripts come from the gateway only. Styles of positions and sizes are set from scripts, which requires
 * `unsafe-inline`. Files that are being uploaded are shown from `blob:` URLs. The page reads the metadata of the
 * identity provider and exchanges codes for tokens there.
 */
function contentSecurityPolicy(
  { signIn, mediaOrigins }: LibraryOptions,
  ancestors: readonly string[],
): string {
  const media = ["'self'", 'blob:', ...mediaOrigins].join(' ');
  const provider = signIn ? ` ${new URL(signIn.issuer).origin}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    `img-src data: ${media}`,
    `media-src ${media}`,
    `connect-src ${media}${provider}`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors.join(' ') || "'none'"}`,
  ].join('; ');
}

interface Served extends LibraryOptions {
  readonly identity: ClientIdentity;
  readonly logger: Logger;
}

/**
 * Serves the media library at `/library` if it was built. The app needs no token; its requests do. Its files were
 * compressed when it was built. It chooses the screen itself: each URL that is not a file returns the page.
 */
export async function addLibrary(
  app: FastifyInstance,
  { identity, logger, ...options }: Served,
): Promise<boolean> {
  if (!existsSync(builtApp)) return false;
  const { signIn, pickerOrigins } = options;
  const headers = (ancestors: readonly string[] = []) => ({
    'content-security-policy': contentSecurityPolicy(options, ancestors),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  const page = headers();
  const picker = headers(["'self'", ...pickerOrigins]);
  const identify = createIdentify(identity, logger);

  await app.register(async (library) => {
    await library.register(fastifyStatic, {
      root: builtApp,
      serve: false,
      preCompressed: true,
      cacheControl: false,
      // Not in the routes: a file that does not exist yet must not be kept.
      setHeaders: (reply, path) =>
        void reply.header('cache-control', path.includes(HASHED) ? FOREVER : 'no-cache'),
    });
    library.get('/library/settings.json', (_request, reply) =>
      reply.headers({ ...page, 'cache-control': 'no-cache' }).send({ signIn, pickerOrigins }),
    );
    // Only the gateway knows which claims of a token are its scopes.
    library.get('/library/session.json', async (request, reply) => {
      void reply.headers({ ...page, 'cache-control': 'no-store' });
      const { storeId, scopes } = await identify(request);
      return { storeId, scopes: [...scopes] };
    });
    library.get<{ Params: { '*': string } }>('/library/assets/*', ({ params }, reply) =>
      reply.headers(page).sendFile(`assets/${params['*']}`),
    );
    library.get('/library/picker', (_request, reply) =>
      reply.headers(picker).sendFile('index.html'),
    );
    library.get('/library/*', (_request, reply) => reply.headers(page).sendFile('index.html'));
  });
  app.get('/library', (_request, reply) => reply.redirect('/library/'));
  return true;
}

function createIdentify({ identify }: ClientIdentity, logger: Logger) {
  const rejectedTokens = createRejectedTokens(logger);
  return async ({ headers }: FastifyRequest): Promise<Caller> => {
    try {
      return await identify(headers);
    } catch (error) {
      if (error instanceof UnauthenticatedError) rejectedTokens.note(headers.authorization, error);
      throw error;
    }
  };
}
