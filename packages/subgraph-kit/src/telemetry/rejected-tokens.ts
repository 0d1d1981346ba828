import { decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { bearerToken } from '../bearer.ts';
import type { UnauthenticatedError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import type { Logger } from '../logger.ts';
import { metrics } from './metrics.ts';
import type { RejectionReason } from './module-metrics.ts';

/** One line for each reason in this time: a client with a wrong token may send many requests. */
const LOG_EVERY_MS = 10_000;
const MAX_CLAIMS = 30;

/**
 * Counts rejected tokens and logs them: the reason, the key id and the names of the claims. Never the token or the
 * values of claims, which may identify a person or still be valid elsewhere.
 */
export function createRejectedTokens(logger: Logger, now = () => performance.now()) {
  const seen = new Map<RejectionReason, { loggedAt: number; count: number }>();
  return {
    /** `authorization` is the header of the request. */
    note(authorization: string | undefined, { cause }: UnauthenticatedError) {
      const reason = reasonOf(authorization, cause);
      metrics.rejectedToken(reason);
      // Not a token; health checks and scanners send such requests.
      if (reason === 'missing') return;
      const before = seen.get(reason);
      const count = (before?.count ?? 0) + 1;
      if (before && now() - before.loggedAt < LOG_EVERY_MS) {
        before.count = count;
        return;
      }
      seen.set(reason, { loggedAt: now(), count: 0 });
      logger.warn({ reason, ...describe(authorization), count }, 'token rejected');
    },
  };
}

function reasonOf(authorization: string | undefined, cause: unknown): RejectionReason {
  if (authorization === undefined) return 'missing';
  if (cause === undefined || cause instanceof errors.JWSInvalid) return 'malformed';
  if (cause instanceof errors.JWTInvalid) return 'malformed';
  if (cause instanceof errors.JOSEAlgNotAllowed || cause instanceof errors.JOSENotSupported)
    return 'algorithm';
  if (cause instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  if (cause instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (cause instanceof errors.JWTExpired) return 'expired';
  if (!(cause instanceof errors.JWTClaimValidationFailed)) return 'claims';
  if (cause.claim === 'iss') return 'issuer';
  return cause.claim === 'aud' ? 'audience' : 'claims';
}

/** What a token says about itself, without its values. Anyone may have written it. */
function describe(authorization: string | undefined): { kid?: string; claims?: string[] } {
  try {
    const token = bearerToken(authorization);
    const { kid } = decodeProtectedHeader(token);
    const claims = Object.keys(decodeJwt(token)).slice(0, MAX_CLAIMS).map(excerpt);
    return { ...(typeof kid === 'string' && { kid: excerpt(kid) }), claims };
  } catch {
    return {};
  }
}
