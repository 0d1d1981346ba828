import { SignJWT, decodeJwt, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { bearerToken } from './bearer.ts';
import { UnauthenticatedError } from './errors.ts';
import { isStoreId } from './ids.ts';
import { type InternalSecrets, keysFor, missingKey } from './internal-keys.ts';

/** The caller of a verified token. `issuer` is the module that signed it: the gateway, or a consumer by name. */
export interface Caller {
  readonly subject: string;
  readonly storeId: string;
  readonly scopes: ReadonlySet<string>;
  readonly issuer: string;
}

export interface TokenClaims {
  audience: string;
  subject: string;
  storeId: string;
  /** Space-separated, as in OAuth 2.0 (RFC 6749, 3.3). */
  scope: string;
}

const LIFE_SECONDS = 60;
/** The clocks of two machines may differ by this much. An expired token is accepted for as long. */
const CLOCK_TOLERANCE_SECONDS = 90;
const MAX_CACHED = 2_000;
const MAX_TOKEN_LENGTH = 8_192;
const ALGORITHM = 'HS256';
/** In characters: the maximum length of OpenID Connect. */
export const MAX_SUBJECT = 255;
/** Without characters that PostgreSQL rejects or a terminal interprets. */
const SUBJECT = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${MAX_SUBJECT}}$`, 'u');
/** RFC 6749, 3.3. The length leaves room for the other claims of an internal token. */
const SCOPE = /^[ !#-[\]-~]{0,4096}$/;

/** Whether a token can have this subject. */
export const isSubject = (text: string): boolean => SUBJECT.test(text);

/** `*` is for the caller in development and contains every scope. The gateway never forwards a client's `*`. */
export const hasScope = (caller: Caller, scope: string): boolean =>
  caller.scopes.has(scope) || caller.scopes.has('*');

/**
 * Creates internal tokens: JWTs (RFC 7519) with a lifetime of one minute. Each issuer has a separate key for each
 * audience, so that a module with only its own keys (`InternalKeys`) can neither act as another issuer nor reach an
 * audience that it has no key for.
 */
export function createTokenMinter({
  secrets,
  issuer,
}: {
  secrets: InternalSecrets;
  issuer: string;
}) {
  const tokens = new LRUCache<string, { token: string; freshUntil: number }>({ max: MAX_CACHED });
  const keyFor = (audience: string) => keysFor(secrets, { issuer, audience }).at(0);
  return {
    /** Call it at the start, before the first token is needed. @throws SettingsError without a key for `audience` */
    requireKey(audience: string): void {
      if (!keyFor(audience)) throw missingKey(`${issuer}/${audience}`);
    },

    /** @throws SettingsError without a key for the audience */
    async mint({ audience, subject, storeId, scope }: TokenClaims): Promise<string> {
      const key = JSON.stringify([audience, subject, storeId, scope]);
      const known = tokens.get(key);
      if (known && known.freshUntil > Date.now()) return known.token;
      const signingKey = keyFor(audience);
      if (!signingKey) throw missingKey(`${issuer}/${audience}`);
      const token = await new SignJWT({ store_id: storeId, scope })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${LIFE_SECONDS}s`)
        .sign(signingKey);
      tokens.set(key, { token, freshUntil: Date.now() + (LIFE_SECONDS * 1000) / 2 });
      return token;
    },
  };
}
export type TokenMinter = ReturnType<typeof createTokenMinter>;

/** Verifies tokens of `createTokenMinter` for `audience`, with any of the secrets or keys during a rotation. */
export function createTokenVerifier({
  secrets,
  audience,
}: {
  secrets: InternalSecrets;
  audience: string;
}) {
  const verified = new LRUCache<string, { caller: Caller; expiresAt: number }>({ max: MAX_CACHED });
  return {
    /** @throws UnauthenticatedError for any invalid header */
    async verify(authorization: string | undefined): Promise<Caller> {
      const token = bearerJwt(authorization);
      const known = verified.get(token);
      if (known && known.expiresAt > Date.now()) return known.caller;
      try {
        const result = await verifyWithAny(token);
        verified.set(token, result);
        return result.caller;
      } catch (cause) {
        throw new UnauthenticatedError({ cause });
      }
    },
  };

  async function verifyWithAny(token: string) {
    const issuer = decodeJwt(token).iss ?? '';
    for (const key of keysFor(secrets, { issuer, audience })) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          audience,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ['exp', 'iss', 'sub', 'store_id', 'scope'],
        });
        return { caller: toCaller(payload, issuer), expiresAt: (payload.exp ?? 0) * 1000 };
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new errors.JWSSignatureVerificationFailed('No key verifies this token.');
  }
}

/**
 * The JWS of an `Authorization: Bearer …` header in compact form (RFC 7515, 7.1). Each part must be canonical
 * base64url; encrypted tokens are rejected. @throws UnauthenticatedError
 */
export function bearerJwt(authorization: string | undefined): string {
  const token = bearerToken(authorization);
  if (token.length > MAX_TOKEN_LENGTH) throw new UnauthenticatedError();
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) throw new UnauthenticatedError();
  return token;
}

/** Decoders ignore the last bits of the last letter, so that the same bytes have several encodings. */
const isCanonical = (part: string): boolean =>
  Buffer.from(part, 'base64url').toString('base64url') === part;

/** @throws Error when a claim is invalid */
export function toCaller(payload: Record<string, unknown>, issuer: unknown): Caller {
  const { sub, store_id: storeId, scope } = payload;
  if (typeof sub !== 'string' || typeof storeId !== 'string' || typeof scope !== 'string') {
    throw new TypeError('A claim is missing. Required claims: sub, store_id, scope.');
  }
  if (typeof issuer !== 'string') throw new TypeError('iss must be a string.');
  if (!isSubject(sub)) throw new TypeError('sub is empty, too long or has invalid characters.');
  if (!SCOPE.test(scope)) throw new TypeError('scope is too long or is not a valid OAuth scope.');
  if (!isStoreId(storeId)) throw new TypeError('store_id is not a valid store id.');
  return { subject: sub, storeId, scopes: new Set(scope.split(' ').filter(Boolean)), issuer };
}
