import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { FastifyRequest } from 'fastify';

/** Larger requests are not asked again and again. */
const MAX_KEY_LENGTH = 16_384;

/** Everything about the format and whether browsers may send the request; see `PREFLIGHT_HEADERS` of the endpoint. */
const HEADERS = ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Everything that a response depends on, unless it depends on the subject of the caller, in which case it is not
 * public. Undefined if the request is too large for the cache.
 */
export function requestKey(
  { method, url, headers, body }: FastifyRequest,
  { storeId, scopes }: Caller,
): string | undefined {
  if (Number(headers['content-length'] ?? 0) > MAX_KEY_LENGTH) return undefined;
  const format = HEADERS.map((name) => headers[name] ?? null);
  const key = JSON.stringify([storeId, [...scopes].toSorted(), method, url, format, body]);
  return key.length > MAX_KEY_LENGTH ? undefined : key;
}
