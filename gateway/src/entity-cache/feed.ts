import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import { newId } from '@federated-media/subgraph-kit/ids';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createLoop } from '@federated-media/subgraph-kit/loop';
import { TIMEOUT_HEADER } from '@federated-media/subgraph-kit/request-life';
import { outgoingHeaders } from '@federated-media/subgraph-kit/telemetry/activity';
import { z } from 'zod';
import { FEED_ISSUER } from '../issuers.ts';
import type { ConnectionLimits, SubgraphClient } from '../subgraph-client.ts';
import { checkResponse } from '../subgraph-response.ts';
import type { EntityCache } from './entity-cache.ts';

const WAIT_SECONDS = 1;
const TIMEOUT_MS = 2_500;
/** Collects changes that come in quick succession, and limits the rate if a subgraph ignores the wait. */
const PAUSE_MS = 50;
const MAX_BACKOFF_MS = 1_000;
/** Every token names a store. This one has no files: the feed spans all stores. */
const NO_STORE = '_';
/** The feed needs a separate connection, so that an overloaded pool does not delay it. */
export const FEED_LIMITS: ConnectionLimits = {
  connections: 1,
  waiting: 1,
  uploads: 1,
  maxResponseBytes: 2 ** 20,
};

const QUERY = `query EntityCacheFeed($after: String, $wait: Int!) {
  mediaInvalidations(after: $after, wait: $wait) {
    everything cursor invalidations { storeId mediaId }
  }
}`;

const Page = z.object({
  mediaInvalidations: z.object({
    everything: z.boolean(),
    cursor: z.string(),
    invalidations: z.array(z.object({ storeId: z.string(), mediaId: z.string() })),
  }),
});

/** Reads which entities changed from a subgraph, and ends them in `cache`. */
export function createEntityCacheFeed({
  name,
  client,
  cache,
  minter,
  logger,
}: {
  /** The subgraph's name. */
  name: string;
  /** Closed with the feed. */
  client: SubgraphClient;
  cache: EntityCache;
  /** Creates tokens of `FEED_ISSUER`. */
  minter: TokenMinter;
  logger: Logger;
}) {
  let cursor: string | null = null;

  const loop = createLoop({
    name: 'entity cache feed',
    maxBackoffMs: MAX_BACKOFF_MS,
    isOutage: () => true,
    logger,
    async turn(signal) {
      const sentAt = performance.now();
      const page = await readPage(signal);
      if (page.everything) cache.endAll();
      for (const { storeId, mediaId } of page.invalidations) cache.end({ storeId, id: mediaId });
      cursor = page.cursor;
      cache.confirm(sentAt);
      return PAUSE_MS;
    },
  });

  async function readPage(signal: AbortSignal) {
    const headers = { 'x-request-id': newId(), ...outgoingHeaders() };
    const requestId = headers['x-request-id'];
    const token = await minter.mint({
      audience: name,
      subject: FEED_ISSUER,
      storeId: NO_STORE,
      scope: 'media:usage',
    });
    const variables = { after: cursor, wait: WAIT_SECONDS };
    const response = await client.post({
      uploadOf: null,
      headers: {
        ...headers,
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        [TIMEOUT_HEADER]: String(TIMEOUT_MS),
      },
      encode: () => ({
        contentType: 'application/json',
        body: JSON.stringify({ query: QUERY, variables }),
      }),
      timeoutMs: TIMEOUT_MS,
      signal,
      requestId,
    });
    const { data, errors } = checkResponse(response, { name, logger, requestId });
    if (errors) throw new Error(`"${name}" rejects the feed: ${errors[0]?.message}`);
    return Page.parse(data).mediaInvalidations;
  }

  return {
    start: () => loop.start(),
    async close() {
      await loop.stop();
      await client.close();
    },
  };
}
