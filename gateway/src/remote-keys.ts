import { ServiceUnavailableError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch, errors } from 'jose';
import { readAtMost } from './read-at-most.ts';

const MAX_SET_BYTES = 1_000_000;

export interface RemoteKeysOptions {
  url: string;
  logger: Logger;
  /** Older keys are fetched again, while they go on being used. */
  freshMs?: number;
  /** Keys that could not be fetched again for so long are used no more: one of them may have been withdrawn. */
  staleMs?: number;
  /** Between two fetches, whatever tokens claim: a made-up `kid` costs the issuer nothing. */
  cooldownMs?: number;
  timeoutMs?: number;
}

/**
 * The issuer's public keys (JWKS, RFC 7517), as `jwtVerify` asks for them. A `kid` that is not known yet has
 * them fetched again, so keys are rotated without a restart; when they can't be, known keys go on working.
 * The function throws ServiceUnavailableError where only a fetch that failed could tell.
 */
export function createRemoteKeys({
  url,
  logger,
  freshMs = 10 * 60_000,
  staleMs = 24 * 60 * 60_000,
  cooldownMs = 10_000,
  timeoutMs = 3_000,
}: RemoteKeysOptions): JWTVerifyGetKey {
  // When to fetch is decided here: jose fetches again at every failure, and lets no key outlive its cachePolicy.
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
    [customFetch]: async (address, options) =>
      readAtMost(MAX_SET_BYTES, await fetch(address, options)),
  });
  let triedAt = -Infinity;
  let fetchedAt = -Infinity;
  let refreshing: Promise<void> | undefined;
  const msSince = (moment: number) => performance.now() - moment;

  async function fetchKeys() {
    triedAt = performance.now();
    try {
      await keySet.reload();
      fetchedAt = performance.now();
    } catch (error) {
      logger.warn({ err: error }, 'cannot fetch the keys of AUTH_JWKS_URL');
    }
  }

  /** Joins the fetch that is under way; starts none so soon after another. */
  async function refresh() {
    if (!refreshing && msSince(triedAt) < cooldownMs) return;
    refreshing ??= fetchKeys().finally(() => (refreshing = undefined));
    await refreshing;
  }

  return async (header, token) => {
    if (msSince(fetchedAt) >= staleMs) await refresh();
    else if (msSince(fetchedAt) >= freshMs) void refresh();
    if (msSince(fetchedAt) >= staleMs) throw unavailable();
    try {
      return await keySet(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refresh();
    if (fetchedAt < triedAt) throw unavailable();
    return keySet(header, token);
  };
}

const unavailable = () =>
  new ServiceUnavailableError('Tokens cannot be verified at the moment. Try again.');
