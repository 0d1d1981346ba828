import type { GraphQLDataSource } from '@apollo/gateway';
import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Workers } from '@federated-media/subgraph-kit/module';
import type { GraphQLSchema } from 'graphql';
import type { ConnectionLimits, SubgraphClient } from '../subgraph-client.ts';
import { announcedTypeOf } from './announced-type.ts';
import { cacheEntities, endAfterMutations } from './cached-source.ts';
import { createEntityCache } from './entity-cache.ts';
import { FEED_LIMITS, createEntityCacheFeed } from './feed.ts';
import { shareEndings } from './shared-endings.ts';

type Process = GraphQLDataSource['process'];

export interface EntityCacheOptions {
  /** 0: entities are not cached. */
  readonly maxBytes: number;
  /** Creates tokens of `FEED_ISSUER`. */
  readonly minter: TokenMinter;
  /** They are notified of entities that a mutation ends. */
  readonly workers?: Pick<Workers, 'tellOthers' | 'onMessage'> | undefined;
}

interface Wrapped {
  /** Of the subgraph. */
  readonly name: string;
  /** Opens additional connections to the subgraph. */
  readonly connect: (limits: ConnectionLimits, logger: Logger) => SubgraphClient;
  readonly logger: Logger;
}

/**
 * The cache of one graph. It caches only entities whose changes are reported by their subgraph, as the supergraph
 * tells; undefined if no subgraph does, or if `maxBytes` is 0.
 */
export function openEntityCache(
  schema: GraphQLSchema,
  { maxBytes, minter, workers }: EntityCacheOptions,
) {
  const announced = announcedTypeOf(schema);
  if (!announced || maxBytes === 0) return undefined;
  const { subgraph, typeName } = announced;
  minter.requireKey(subgraph);
  const cache = createEntityCache({ maxBytes });
  const endings = workers ? shareEndings(cache, workers) : cache;
  let feed: ReturnType<typeof createEntityCacheFeed> | undefined;

  return {
    /** `process` of one subgraph, with the cache. */
    wrap(process: Process, { name, connect, logger }: Wrapped): Process {
      if (name !== subgraph) return endAfterMutations(process, endings);
      // The feed reports an outage once.
      const client = connect(FEED_LIMITS, logger.child({}, { level: 'silent' }));
      feed = createEntityCacheFeed({ name, client, cache, minter, logger });
      feed.start();
      return cacheEntities(endAfterMutations(process, endings), { cache, typeName });
    },
    async close() {
      if ('close' in endings) endings.close();
      await feed?.close();
    },
  };
}
