import { hash } from 'node:crypto';
import type { ResponseStore } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { GraphQLAnswer } from '@federated-media/subgraph-kit/graphql-http';
import { ownBytes } from '@federated-media/subgraph-kit/own-bytes';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import { LRUCache } from 'lru-cache';
import { privateFor } from '../cache-policy.ts';
import { sizeWhenCompressed } from '../compression.ts';
import type { GatewayContext } from '../context.ts';
import { conditional } from './conditional.ts';
import { requestKey } from './request-key.ts';

const MAX_AGE_MS = 1_000;
/** The objects of an entry, its headers, and its place in the cache. */
const ENTRY_BYTES = 1_000;

interface Entry {
  readonly answer: GraphQLAnswer;
  /** When its execution started, by `performance.now()`. */
  readonly requestedAt: number;
  readonly maxAgeSeconds: number;
  /** The request that replaces this entry. Undefined is its result if the new response is not stored. */
  renewal?: Promise<Entry | undefined>;
}

/**
 * Stores whole responses for a second, at most `maxBytes`: of queries without errors, of which all parts are public
 * and cacheable. The key contains everything that the response depends on. When an entry expires, one request renews
 * it and the others wait for that one.
 */
export function createResponseCache({
  maxBytes,
}: {
  maxBytes: number;
}): ResponseStore<GatewayContext> {
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ answer }, key) =>
      ENTRY_BYTES + 2 * key.length + sizeWhenCompressed(answer.body),
  });

  type Execute = Parameters<ResponseStore<GatewayContext>['answer']>[1];

  /** Executes the request. The entry is undefined if the response is not stored. */
  async function run(key: string, execute: Execute) {
    metrics.responseCache('miss');
    const requestedAt = performance.now();
    const { answer, context } = await execute();
    const entry = toEntry({ answer, context, requestedAt });
    if (entry) entries.set(key, entry);
    else entries.delete(key);
    metrics.cacheSize({
      cache: 'responses',
      entries: entries.size,
      bytes: entries.calculatedSize,
    });
    return { answer: entry?.answer ?? answer, entry };
  }

  /** As `run`, for all requests that wait for the new entry. */
  async function renew(key: string, old: Entry, execute: Execute) {
    const { promise, resolve } = Promise.withResolvers<Entry | undefined>();
    old.renewal = promise;
    try {
      const result = await run(key, execute);
      resolve(result.entry);
      return result;
    } finally {
      resolve(undefined);
      delete old.renewal;
    }
  }

  function repeat(entry: Entry): GraphQLAnswer {
    metrics.responseCache('hit');
    return withRemainingAge(entry);
  }

  async function renewOrRun(key: string, execute: Execute): Promise<GraphQLAnswer> {
    const known = entries.get(key);
    if (!known) return (await run(key, execute)).answer;
    if (!known.renewal) return (await renew(key, known, execute)).answer;
    // It may already be due again, because a part of it expires soon. It is new nevertheless.
    const renewed = await known.renewal;
    if (renewed && ageMs(renewed) < MAX_AGE_MS) return repeat(renewed);
    return (await run(key, execute)).answer;
  }

  function findFresh(key: string): GraphQLAnswer | undefined {
    const known = entries.get(key);
    return known && isFresh(known) ? repeat(known) : undefined;
  }

  return {
    find({ request, caller }) {
      const key = requestKey(request, caller);
      const found = key === undefined ? undefined : findFresh(key);
      return found && conditional(request, found);
    },

    async answer({ request, caller }, execute) {
      const key = requestKey(request, caller);
      if (key === undefined) return (await execute()).answer;
      return conditional(request, findFresh(key) ?? (await renewOrRun(key, execute)));
    },
  };
}

const ageMs = ({ requestedAt }: Entry) => performance.now() - requestedAt;

const isFresh = (entry: Entry) => ageMs(entry) < Math.min(MAX_AGE_MS, entry.maxAgeSeconds * 1000);

/** Undefined if the response must not be stored. */
function toEntry({
  answer,
  context: { cachePolicy },
  requestedAt,
}: {
  answer: GraphQLAnswer;
  context: GatewayContext;
  requestedAt: number;
}): Entry | undefined {
  const { status, headers, body } = answer;
  // Only for queries without errors; see `cacheControl`.
  const isCacheable = headers.get('cache-control')?.startsWith('max-age=');
  if (status !== 200 || !isCacheable || !cachePolicy.isPublic()) return undefined;
  // Weak, because the bytes differ when the response is compressed.
  const etag = `W/"${hash('sha256', body, 'base64url')}"`;
  return {
    answer: { status, headers: new Map([...headers, ['etag', etag]]), body: ownBytes(body) },
    requestedAt,
    maxAgeSeconds: cachePolicy.maxAgeSeconds(),
  };
}

/** The client may keep the response as long as if it had been created for it. */
function withRemainingAge(entry: Entry): GraphQLAnswer {
  const { answer, maxAgeSeconds } = entry;
  const caching = privateFor(maxAgeSeconds - ageMs(entry) / 1000);
  return { ...answer, headers: new Map([...answer.headers, ['cache-control', caching]]) };
}
