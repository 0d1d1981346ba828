import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWK, Provider } from 'oidc-provider';
import { z } from 'zod';

/** The audience of tokens for the graph. */
export const AUDIENCE = 'https://graph.example';
/** Claims of the provider, with names as Auth0 requires them. */
export const STORE_CLAIM = 'https://shop.example/store';
export const ROLES_CLAIM = 'https://shop.example/roles';

/** What a client asks a token for (RFC 8707). */
const resources = {
  'https://graph.example/es256': { audience: AUDIENCE, alg: 'ES256', lifeSeconds: 600 },
  'https://graph.example/rs256': { audience: AUDIENCE, alg: 'RS256', lifeSeconds: 600 },
  'https://graph.example/short': { audience: AUDIENCE, alg: 'ES256', lifeSeconds: 1 },
  'https://accounts.example': {
    audience: 'https://accounts.example',
    alg: 'ES256',
    lifeSeconds: 600,
  },
} as const;
export type Resource = keyof typeof resources;

const Metadata = z.object({ store: z.string(), roles: z.array(z.string()) });
const TokenAnswer = z.object({ access_token: z.string(), token_type: z.literal('Bearer') });
const SCOPES = 'media:read media:write media:delete catalog:read';

interface Client {
  readonly store: string;
  readonly roles?: readonly string[];
}

interface ProviderOptions {
  /** By client id. */
  readonly clients: Readonly<Record<string, Client>>;
  readonly keys: readonly JWK[];
  /** Absent: its own URL, as it should be. */
  readonly issuer?: string;
}

/** Private keys, one for each algorithm. The first key of an algorithm signs. */
export function newKeys(name: string): JWK[] {
  const keys = {
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  return Object.entries(keys).map(([alg, { privateKey }]) => {
    const { kty = '', ...key } = privateKey.export({ format: 'jwk' });
    return { ...key, kty, kid: `${name}-${alg}`, alg, use: 'sig' };
  });
}

/** A real OpenID provider on this machine. Its clients are services with a store (client credentials). */
export async function openIdentityProvider({ clients, keys, issuer }: ProviderOptions) {
  let provider: Provider | undefined;
  const server = createServer((request, response) => void provider?.callback()(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  function signWith(jwks: readonly JWK[]) {
    provider = createProvider({ clients, keys: jwks, issuer: issuer ?? url });
  }
  signWith(keys);
  return {
    issuer: issuer ?? url,
    jwksUrl: `${url}/jwks`,
    /** Signs with the first of `jwks` from now on, and publishes all of them. */
    signWith,
    /** An access token, by the client credentials grant (RFC 6749, 4.4). */
    async token(
      client: string,
      {
        scope = 'media:read',
        resource = 'https://graph.example/es256',
      }: { scope?: string; resource?: Resource } = {},
    ): Promise<string> {
      const response = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client}:${secretOf(client)}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
      });
      return TokenAnswer.parse(await response.json()).access_token;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type IdentityProvider = Awaited<ReturnType<typeof openIdentityProvider>>;

const secretOf = (client: string) => `the secret of ${client}`.replaceAll(' ', '-');

function createProvider({ clients, keys, issuer }: Required<ProviderOptions>): Provider {
  return new Provider(issuer, {
    jwks: { keys: [...keys] },
    clients: Object.entries(clients).map(([id, { store, roles = [] }]) => ({
      client_id: id,
      client_secret: secretOf(id),
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      store,
      roles,
    })),
    extraClientMetadata: { properties: ['store', 'roles'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, resource) {
          const { audience, alg, lifeSeconds } = z
            .enum(Object.keys(resources) as [Resource])
            .transform((name) => resources[name])
            .parse(resource);
          return {
            scope: SCOPES,
            audience,
            accessTokenTTL: lifeSeconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg } },
          };
        },
      },
    },
    ttl: { ClientCredentials: (_context, token) => token.resourceServer?.accessTokenTTL ?? 1 },
    extraTokenClaims(context) {
      const { store, roles } = Metadata.parse(context.oidc.client);
      return { [STORE_CLAIM]: store, [ROLES_CLAIM]: roles };
    },
  });
}
