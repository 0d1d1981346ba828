import {
  ServiceUnavailableError,
  UnauthenticatedError,
} from '@federated-media/subgraph-kit/errors';
import { type Caller, bearerJwt, toCaller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { isLoopback } from '@federated-media/subgraph-kit/loopback';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import {
  type CryptoKey,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  errors,
  jwtVerify,
} from 'jose';
import { createRemoteKeys } from './remote-keys.ts';
import { type TokenClaims, standardClaims } from './token-claims.ts';

/** How the tokens of clients are verified. */
export type ClientKeys =
  | { kind: 'jwks'; url: string }
  | { kind: 'secret'; secret: string }
  /** Tokens of `pnpm dev:token`. With `anonymous`, requests from the loopback interface need no token. */
  | { kind: 'development'; internalSecrets: readonly string[]; anonymous: boolean };

export interface ClientIdentity {
  /**
   * Identifies the caller from the headers.
   * @throws UnauthenticatedError for an invalid token, whatever the reason
   * @throws ServiceUnavailableError when the keys of the issuer are not available
   */
  identify(headers: {
    authorization?: string | undefined;
    host?: string | undefined;
  }): Promise<Caller>;
}

/** Fixed, so that a token cannot choose how it is verified (`none`, or HS256 with a public key). */
const ASYMMETRIC = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
const SYMMETRIC = ['HS256'];
/** For a token without a key id. Each key costs one verification. */
const MAX_KEYS_TRIED = 8;

const DEVELOPER: Caller = {
  subject: 'developer',
  storeId: 'demo',
  scopes: new Set(['*']),
  issuer: 'development',
};

/** Verifies clients' tokens: JWTs with `sub`, `exp`, a store and scopes. */
export function createClientIdentity({
  keys,
  issuer,
  audience,
  claims = {},
  maxTokenAgeSeconds,
  clockSkewSeconds,
  at,
  logger,
}: {
  keys: ClientKeys;
  issuer?: string | undefined;
  audience?: string | undefined;
  /** Default: `store_id` and `scope`. */
  claims?: TokenClaims;
  /** Older tokens are rejected, even if their issuer allows a longer lifetime. */
  maxTokenAgeSeconds: number;
  /** The maximum difference between the issuer's clock and ours. */
  clockSkewSeconds: number;
  /** When tokens are verified. Absent: now. */
  at?: Date | undefined;
  logger: Logger;
}): ClientIdentity {
  const verify = createVerify(keys, logger, {
    clockTolerance: clockSkewSeconds,
    requiredClaims: ['sub', 'exp'],
    ...(at && { currentDate: at }),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });

  return {
    async identify({ authorization, host }) {
      if (authorization === undefined && isAnonymousDeveloper(keys, host)) return DEVELOPER;
      const token = bearerJwt(authorization);
      try {
        const payload = await verify(token);
        checkAge(payload, {
          now: (at?.getTime() ?? Date.now()) / 1000,
          maxAge: maxTokenAgeSeconds,
          skew: clockSkewSeconds,
        });
        const caller = toCaller(standardClaims(payload, claims), payload.iss ?? 'client');
        return keys.kind === 'development' ? caller : withoutWildcard(caller);
      } catch (cause) {
        // Without the keys, the validity of the token is unknown.
        if (cause instanceof ServiceUnavailableError) throw cause;
        throw new UnauthenticatedError({ cause });
      }
    },
  };
}

type Verify = (token: string) => Promise<JWTPayload>;

function createVerify(keys: ClientKeys, logger: Logger, checks: JWTVerifyOptions): Verify {
  if (keys.kind === 'jwks') {
    const keySet = createRemoteKeys({ url: keys.url, logger });
    return verifyWithSet(keySet, { ...checks, algorithms: ASYMMETRIC });
  }
  const symmetricKeys =
    keys.kind === 'secret'
      ? [new TextEncoder().encode(keys.secret)]
      : keys.internalSecrets.map((secret) => deriveKey(secret, 'client'));
  return async (token) =>
    verifyWithAny(symmetricKeys, { token, options: { ...checks, algorithms: SYMMETRIC } });
}

/** A token without a key id, or with one that several keys have, is tried with each key of its algorithm. */
const verifyWithSet =
  (keySet: JWTVerifyGetKey, options: JWTVerifyOptions): Verify =>
  async (token) => {
    try {
      return (await jwtVerify(token, keySet, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return verifyWithAny(error, { token, options });
    }
  };

async function verifyWithAny(
  keys: Iterable<Uint8Array> | AsyncIterable<CryptoKey>,
  { token, options }: { token: string; options: JWTVerifyOptions },
): Promise<JWTPayload> {
  let left = MAX_KEYS_TRIED;
  for await (const key of keys) {
    if (left === 0) break;
    left -= 1;
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed('No key verifies this token.');
}

/**
 * The age of a token counts from `iat`. A token without `iat` may expire no later than one that was issued now.
 * @throws Error
 */
function checkAge(
  payload: JWTPayload,
  { now, maxAge, skew }: Record<'now' | 'maxAge' | 'skew', number>,
) {
  const { iat, exp = Infinity } = payload;
  const age = iat === undefined ? exp - now : now - iat;
  if (age > maxAge + skew)
    throw new errors.JWTExpired('The token is older than AUTH_TOKEN_MAX_AGE_SECONDS.', payload);
  if (age < -skew) throw new Error('The token was issued in the future.');
}

/**
 * Checks the Host header. Otherwise a web page could point its own host name to this machine (DNS rebinding) and act
 * as the developer from any browser on it.
 */
function isAnonymousDeveloper(keys: ClientKeys, host: string | undefined): boolean {
  return keys.kind === 'development' && keys.anonymous && isLoopback(host ?? '');
}

/** `*` is reserved for the developer; tokens of clients must list their scopes. */
const withoutWildcard = (caller: Caller): Caller => ({
  ...caller,
  scopes: new Set([...caller.scopes].filter((scope) => scope !== '*')),
});
