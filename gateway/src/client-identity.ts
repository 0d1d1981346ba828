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
   * @throws ServiceUnavailableError when that can't be told, for want of the issuer's keys
   */
  identify(headers: {
    authorization?: string | undefined;
    host?: string | undefined;
  }): Promise<Caller>;
}

/** Fixed: a token must not choose how it is verified, least of all `none` or HS256 with a public key. */
const ASYMMETRIC = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
const SYMMETRIC = ['HS256'];
/** Of a key set, for a token that does not say which: each costs a verification. */
const MAX_KEYS_TRIED = 8;

const DEVELOPER: Caller = {
  subject: 'developer',
  storeId: 'demo',
  scopes: new Set(['*']),
  issuer: 'development',
};

/** Verifies clients' tokens: JWTs with the claims `sub`, `store_id`, `scope` and `exp`. */
export function createClientIdentity({
  keys,
  issuer,
  audience,
  maxTokenAgeSeconds,
  clockSkewSeconds,
  logger,
}: {
  keys: ClientKeys;
  issuer?: string | undefined;
  audience?: string | undefined;
  /** However long its issuer lets it hold, a token is refused when it is older. */
  maxTokenAgeSeconds: number;
  /** By how much the issuer's clock may differ from ours. */
  clockSkewSeconds: number;
  logger: Logger;
}): ClientIdentity {
  const verify = createVerify(keys, logger, {
    clockTolerance: clockSkewSeconds,
    requiredClaims: ['sub', 'store_id', 'scope', 'exp'],
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });

  return {
    async identify({ authorization, host }) {
      if (authorization === undefined && isAnonymousDeveloper(keys, host)) return DEVELOPER;
      const token = bearerJwt(authorization);
      try {
        const payload = await verify(token);
        checkAge(payload, { maxAge: maxTokenAgeSeconds, skew: clockSkewSeconds });
        const caller = toCaller(payload, payload.iss ?? 'client');
        return keys.kind === 'development' ? caller : withoutWildcard(caller);
      } catch (cause) {
        // Keys that can't be fetched say nothing about the token: that is our failure.
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

/** A token that names no key, or a name that several have, may be of any that fits its algorithm. */
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
  throw new Error('No key verifies this token.');
}

/**
 * A token's age counts from `iat`. One that does not say when it was made may end no later than if it had been
 * made this moment.
 * @throws Error
 */
function checkAge(
  { iat, exp = Infinity }: JWTPayload,
  { maxAge, skew }: Record<'maxAge' | 'skew', number>,
) {
  const now = Date.now() / 1000;
  const age = iat === undefined ? exp - now : now - iat;
  if (age > maxAge + skew) throw new Error('The token is older than AUTH_TOKEN_MAX_AGE_SECONDS.');
  if (age < -skew) throw new Error('The token was issued in the future.');
}

/**
 * Without a token, a web page could use whatever name it likes for this address (DNS rebinding) and so
 * speak as the developer from any browser on this machine. The Host header tells.
 */
function isAnonymousDeveloper(keys: ClientKeys, host: string | undefined): boolean {
  return keys.kind === 'development' && keys.anonymous && isLoopback(host ?? '');
}

/** `*` is the developer's: whoever signs clients' tokens names scopes. */
const withoutWildcard = (caller: Caller): Caller => ({
  ...caller,
  scopes: new Set([...caller.scopes].filter((scope) => scope !== '*')),
});
