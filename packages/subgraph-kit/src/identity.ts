import { SignJWT, decodeJwt, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { bearerToken } from './bearer.ts';
import { UnauthenticatedError } from './errors.ts';
import { isStoreId } from './ids.ts';
import { deriveKey } from './secrets.ts';

/** Who asks, as a verified token says. `issuer` is the module that signed it: the gateway, or a consumer by name. */
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
const MAX_CACHED = 2_000;
const MAX_TOKEN_LENGTH = 8_192;
const ALGORITHM = 'HS256';
/** As long as OpenID Connect lets it be, and nothing PostgreSQL can't keep or a terminal would obey. */
const SUBJECT = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
/** RFC 6749, 3.3, of a length that leaves room for the rest of an internal token. */
const SCOPE = /^[ !#-[\]-~]{0,4096}$/;

/** `*` is the development caller's: it holds every scope. The gateway never passes on a client's own `*`. */
export const hasScope = (caller: Caller, scope: string): boolean =>
  caller.scopes.has(scope) || caller.scopes.has('*');

/**
 * Internal tokens: JWTs (RFC 7519) that live a minute. The key is derived per issuer and audience, so a
 * module that holds only its own keys can neither speak as another nor to one it has no key for.
 */
export function createTokenMinter({
  secrets,
  issuer,
}: {
  secrets: readonly string[];
  issuer: string;
}) {
  const [secret] = secrets;
  if (secret === undefined) throw new Error('A token minter needs a secret.');
  const tokens = new LRUCache<string, { token: string; freshUntil: number }>({ max: MAX_CACHED });
  return {
    async mint({ audience, subject, storeId, scope }: TokenClaims): Promise<string> {
      const key = JSON.stringify([audience, subject, storeId, scope]);
      const known = tokens.get(key);
      if (known && known.freshUntil > Date.now()) return known.token;
      const token = await new SignJWT({ store_id: storeId, scope })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${LIFE_SECONDS}s`)
        .sign(deriveKey(secret, `token/${issuer}/${audience}`));
      tokens.set(key, { token, freshUntil: Date.now() + (LIFE_SECONDS * 1000) / 2 });
      return token;
    },
  };
}
export type TokenMinter = ReturnType<typeof createTokenMinter>;

/** Verifies what `createTokenMinter` made for `audience`, with any of `secrets` while they are rotated. */
export function createTokenVerifier({
  secrets,
  audience,
}: {
  secrets: readonly string[];
  audience: string;
}) {
  const verified = new LRUCache<string, { caller: Caller; expiresAt: number }>({ max: MAX_CACHED });
  return {
    /** @throws UnauthenticatedError whatever is wrong with the header */
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
    for (const secret of secrets) {
      try {
        const { payload } = await jwtVerify(
          token,
          deriveKey(secret, `token/${issuer}/${audience}`),
          {
            algorithms: [ALGORITHM],
            audience,
            requiredClaims: ['exp', 'iss', 'sub', 'store_id', 'scope'],
          },
        );
        return { caller: toCaller(payload, issuer), expiresAt: (payload.exp ?? 0) * 1000 };
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new Error('No secret verifies this token.');
  }
}

/**
 * The token of `Authorization: Bearer …` (RFC 6750, 2.1): a JWS in compact form (RFC 7515, 7.1), in the one
 * spelling base64url has for its bytes. So nothing encrypted or compressed is ever opened.
 */
export function bearerJwt(authorization: string | undefined): string {
  const token = bearerToken(authorization);
  if (token.length > MAX_TOKEN_LENGTH) throw new UnauthenticatedError();
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) throw new UnauthenticatedError();
  return token;
}

/** Decoders ignore the last bits of the last letter: the same bytes would have other spellings, too. */
const isCanonical = (part: string): boolean =>
  Buffer.from(part, 'base64url').toString('base64url') === part;

/** @throws Error when a claim has another shape than ours */
export function toCaller(payload: Record<string, unknown>, issuer: unknown): Caller {
  const { sub, store_id: storeId, scope } = payload;
  if (typeof sub !== 'string' || typeof storeId !== 'string' || typeof scope !== 'string') {
    throw new TypeError('A claim is missing. Required claims: sub, store_id, scope.');
  }
  if (typeof issuer !== 'string') throw new TypeError('iss must be a string.');
  if (!SUBJECT.test(sub)) throw new TypeError('sub is empty, too long or has invalid characters.');
  if (!SCOPE.test(scope)) throw new TypeError('scope is too long or is not a valid OAuth scope.');
  if (!isStoreId(storeId)) throw new TypeError('store_id is not a valid store id.');
  return { subject: sub, storeId, scopes: new Set(scope.split(' ').filter(Boolean)), issuer };
}
