import { isStoreId } from '@federated-media/subgraph-kit/ids';
import { deriveKey, resolveSecret } from '@federated-media/subgraph-kit/secrets';
import { SignJWT } from 'jose';

interface Request {
  readonly storeId: string;
  /** Space-separated. */
  readonly scope: string;
  readonly subject: string;
  readonly lifeSeconds: number;
}

interface Options {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
}

/**
 * Creates a token for a client (JWT, HS256): signed with AUTH_JWT_SECRET or, if that is not set, with the development
 * key of the gateway with this DATA_DIR. `dev:token` checks what the gateway reads from it.
 */
export async function mintClientToken(request: Request, options: Options): Promise<string> {
  const { env } = options;
  if (!isStoreId(request.storeId)) {
    throw new Error(
      `Invalid store "${request.storeId}". Use 1 to 64 letters, digits, underscores and hyphens.`,
    );
  }
  if (env['AUTH_JWKS_URL']) {
    throw new Error('AUTH_JWKS_URL is set: only the owner of its keys can create tokens.');
  }
  const claims = {
    [env['AUTH_STORE_CLAIM'] || 'store_id']: request.storeId,
    [env['AUTH_SCOPE_CLAIM'] || 'scope']: request.scope,
  };
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(request.subject)
    .setIssuedAt()
    .setExpirationTime(`${request.lifeSeconds}s`);
  if (env['AUTH_ISSUER']) token.setIssuer(env['AUTH_ISSUER']);
  if (env['AUTH_AUDIENCE']) token.setAudience(env['AUTH_AUDIENCE']);
  return token.sign(await keyOf(options));
}

async function keyOf({ env, dataDir }: Options): Promise<Uint8Array> {
  const given = env['AUTH_JWT_SECRET'];
  if (given) return new TextEncoder().encode(given);
  const [secret = ''] = await resolveSecret({
    name: 'INTERNAL_SECRET',
    configured: env['INTERNAL_SECRET'],
    dataDir,
    production: env['NODE_ENV'] === 'production',
  });
  return deriveKey(secret, 'client');
}
