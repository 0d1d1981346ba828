import { ServiceUnavailableError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch, errors } from 'jose';
import { readAtMost } from './read-at-most.ts';

const MAX_SET_BYTES = 1_000_000;

export interface RemoteKeysOptions {
  url: string;
  logger: Logger;
  /** Older keys are fetched again and remain in use meanwhile. */
  freshMs?: number;
  /** Keys are no longer used when they could not be fetched for this time: one of them may have been revoked. */
  staleMs?: number;
  /** The minimum time between two fetches, so that tokens with made-up key ids cause no load on the issuer. */
  cooldownMs?: number;
  timeoutMs?: number;
}

/**
 * The issuer's public keys (JWKS, RFC 7517), in the form that `jwtVerify` expects. An unknown `kid` causes a new
 * fetch, so that keys can be rotated without a restart. If a fetch fails, the known keys remain in use. The function
 * throws ServiceUnavailableError when the key may exist but could not be fetched.
 */
export function createRemoteKeys({
  url,
  logger,
  freshMs = 10 * 60_000,
  staleMs = 24 * 60 * 60_000,
  cooldownMs = 10_000,
  timeoutMs = 3_000,
}: RemoteKeysOptions): JWTVerifyGetKey {
  // Fetching is controlled here: jose would fetch again after every failure and drop all keys when they expire.
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

  /** Waits for the current fetch, or starts one unless the last one was too recent. */
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
