import { type Caller, bearerToken, toCaller } from '@federated-media/subgraph-kit/identity';
import { UnauthenticatedError } from '@federated-media/subgraph-kit/errors';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import {
  type JWTPayload,
  type JWTVerifyOptions,
  createRemoteJWKSet,
  errors,
  jwtVerify,
} from 'jose';

/** Where clients' tokens come from. */
export type ClientKeys =
  | { kind: 'jwks'; url: string }
  | { kind: 'secret'; secret: string }
  /** Tokens of `pnpm dev:token`; with `anonymous`, none is needed on the loopback interface. */
  | { kind: 'development'; internalSecrets: readonly string[]; anonymous: boolean };

export interface ClientIdentity {
  /**
   * Who asks, from the headers alone.
   * @throws UnauthenticatedError for a token that does not hold, whatever is wrong with it
   */
  identify(headers: {
    authorization?: string | undefined;
    host?: string | undefined;
  }): Promise<Caller>;
}

/** Fixed: a token must not choose how it is verified, least of all `none` or HS256 with a public key. */
const ASYMMETRIC = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
const SYMMETRIC = ['HS256'];
const CLOCK_TOLERANCE_SECONDS = 5;

const DEVELOPER: Caller = {
  subject: 'developer',
  storeId: 'demo',
  scopes: new Set(['*']),
  issuer: 'development',
};

/** Verifies clients' tokens: JWTs with the claims `sub`, `store_id` and `scope`. */
export function createClientIdentity({
  keys,
  issuer,
  audience,
}: {
  keys: ClientKeys;
  issuer?: string | undefined;
  audience?: string | undefined;
}): ClientIdentity {
  const checks = {
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['sub', 'store_id', 'scope'],
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  const verify = createVerify(keys, checks);

  return {
    async identify({ authorization, host }) {
      if (authorization === undefined && isAnonymousDeveloper(keys, host)) return DEVELOPER;
      const token = bearerToken(authorization);
      try {
        const payload = await verify(token);
        const caller = toCaller(payload, payload.iss ?? 'client');
        return keys.kind === 'development' ? caller : withoutWildcard(caller);
      } catch (cause) {
        // Keys that can't be fetched say nothing about the token: that is our failure, and is logged.
        if (isKeyFailure(cause)) throw cause;
        throw new UnauthenticatedError({ cause });
      }
    },
  };
}

type Verify = (token: string) => Promise<JWTPayload>;

function createVerify(keys: ClientKeys, checks: JWTVerifyOptions): Verify {
  if (keys.kind === 'jwks') {
    const keySet = createRemoteJWKSet(new URL(keys.url));
    const options = { ...checks, algorithms: ASYMMETRIC };
    return async (token) => (await jwtVerify(token, keySet, options)).payload;
  }
  const symmetricKeys =
    keys.kind === 'secret'
      ? [new TextEncoder().encode(keys.secret)]
      : keys.internalSecrets.map((secret) => deriveKey(secret, 'client'));
  return verifyWithAny(symmetricKeys, { ...checks, algorithms: SYMMETRIC });
}

const verifyWithAny =
  (keys: readonly Uint8Array[], options: JWTVerifyOptions): Verify =>
  async (token) => {
    for (const key of keys) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new Error('No key verifies this token.');
  };

/**
 * Without a token, a web page could use whatever name it likes for this address (DNS rebinding) and so
 * speak as the developer from any browser on this machine. The Host header tells.
 */
function isAnonymousDeveloper(keys: ClientKeys, host: string | undefined): boolean {
  if (keys.kind !== 'development' || !keys.anonymous || host === undefined) return false;
  return isLoopback(host.replace(/:\d+$/, ''));
}

/** Whether `host` is a name of the loopback interface: `localhost`, `127.0.0.1`, `::1`, `[::1]`. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);

/** `*` is the developer's: whoever signs clients' tokens names scopes. */
const withoutWildcard = (caller: Caller): Caller => ({
  ...caller,
  scopes: new Set([...caller.scopes].filter((scope) => scope !== '*')),
});

const KEY_FAILURES = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']);

const isKeyFailure = (error: unknown): boolean =>
  error instanceof errors.JOSEError
    ? KEY_FAILURES.has(error.code)
    : error instanceof TypeError && error.message === 'fetch failed';
