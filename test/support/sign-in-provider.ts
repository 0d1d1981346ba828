import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import { newKeys } from './identity-provider.ts';

/** The API that access tokens are for (RFC 8707). */
export const RESOURCE = 'https://graph.example';
export const CLIENT_ID = 'media-library';

const SCOPES = ['media:read', 'media:write', 'media:delete', 'media:admin'];

export interface Account {
  readonly store: string;
  readonly scope: string;
}

interface Options {
  /** By the name with which they log in. */
  readonly accounts: Readonly<Record<string, Account>>;
}

/** A real OpenID provider on this machine, with a log-in page that asks for a name only. */
export async function openSignInProvider({ accounts }: Options) {
  /** May be changed at any time. */
  const behaviour = { lifeSeconds: 600, issuesRefreshTokens: false };
  const jwks = { keys: newKeys('sign-in') };
  const requests: string[] = [];
  let provider: Provider | undefined;

  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const { url = '', method = '' } = request;
    requests.push(`${method} ${new URL(url, issuer).pathname}`);
    if (!provider) return void response.writeHead(503).end();
    if (!url.startsWith('/log-in/')) return void provider.callback()(request, response);
    if (method === 'GET') {
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(LOG_IN);
    }
    const accountId = new URLSearchParams(await text(request)).get('name') ?? '';
    const result = accountId in accounts ? { login: { accountId } } : { error: 'access_denied' };
    return provider.interactionFinished(request, response, result);
  }

  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    behaviour,
    /** Methods and paths, in order. */
    requests,
    /** Answers nothing but 503 from now on, until `serveLibrary` is called. */
    fail: () => void (provider = undefined),
    /** Accepts the library of this gateway as a client. */
    serveLibrary(gatewayUrl: string) {
      provider = new Provider(issuer, {
        jwks,
        clients: [
          {
            client_id: CLIENT_ID,
            token_endpoint_auth_method: 'none',
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            redirect_uris: [`${gatewayUrl}/library/signed-in`],
            post_logout_redirect_uris: [`${gatewayUrl}/library/signed-out`],
          },
        ],
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({ sub: accountId, name: `${accountId} of the shop` }),
        }),
        claims: { openid: ['sub'], profile: ['name'] },
        // As Auth0 and Keycloak do: the page needs the name of the user and no second request.
        conformIdTokenClaims: false,
        clientBasedCORS: (_context, origin) => origin === gatewayUrl,
        interactions: { url: (_context, { uid }) => `/log-in/${uid}` },
        async loadExistingGrant({ oidc }) {
          const { accountId = '' } = oidc.session ?? {};
          const grant = new oidc.provider.Grant({ accountId, clientId: CLIENT_ID });
          grant.addOIDCScope('openid profile');
          const granted = accounts[accountId]?.scope.split(' ') ?? [];
          for (const scope of SCOPES) {
            // A scope that is neither granted nor rejected would be asked for again.
            if (granted.includes(scope)) grant.addResourceScope(RESOURCE, scope);
            else grant.rejectResourceScope(RESOURCE, scope);
          }
          await grant.save();
          return grant;
        },
        issueRefreshToken: () => behaviour.issuesRefreshTokens,
        features: {
          devInteractions: { enabled: false },
          resourceIndicators: {
            enabled: true,
            getResourceServerInfo: () => ({
              scope: SCOPES.join(' '),
              audience: RESOURCE,
              accessTokenTTL: behaviour.lifeSeconds,
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'ES256' } },
            }),
          },
        },
        extraTokenClaims: (_context, token) => ({
          store_id: 'accountId' in token ? accounts[token.accountId]?.store : undefined,
        }),
        cookies: { keys: ['a key of the tests'] },
      });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type SignInProvider = Awaited<ReturnType<typeof openSignInProvider>>;

const LOG_IN = `<!doctype html>
<html lang="en">
<title>Log in</title>
<form method="post"><label>Name <input name="name"></label> <button>Log in</button></form>
</html>
`;
