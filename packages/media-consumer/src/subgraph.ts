import { openDatabase } from '@federated-media/subgraph-kit/database';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import {
  type ResolverMap,
  createSubgraphSchema,
  readTypeDefs,
} from '@federated-media/subgraph-kit/schema';
import type { Subgraph } from '@federated-media/subgraph-kit/server';
import type pg from 'pg';
import { createPurge } from './associations/repository.ts';
import { type OwnerTables, nameColumnOf } from './associations/statements.ts';
import type { CmsClient } from './cms-client.ts';
import { type MediaConsumer, createMediaConsumer } from './media-consumer.ts';

/** What the services of a consumer work with. `client` is its Prisma client, on the same pool. */
export interface ConsumerParts<Client> {
  readonly pool: pg.Pool;
  readonly client: Client;
  readonly media: MediaConsumer;
}

/** Everything that distinguishes a consumer from others. */
export interface Consumer<Client, Context extends RequestScope> {
  /** The subgraph's name: `notes`. */
  readonly name: string;
  readonly defaultPort: number;
  /** The entity that uses files, as the CMS's ledger shows it: `Note`. */
  readonly entityType: string;
  readonly tables: OwnerTables;
  /** The folder with the `.graphql` files. */
  readonly folder: URL;
  readonly resolvers: ResolverMap;
  /** Creates the Prisma client, which is generated for each subgraph. */
  readonly createClient: (pool: pg.Pool) => Client;
  /** Creates the services, once; the result creates the context of each request. */
  readonly createContexts: (parts: ConsumerParts<Client>) => (scope: RequestScope) => Context;
}

export interface ConsumerDependencies {
  readonly databaseUrl: string;
  /** Whether it is the URL of a pooler in transaction mode. Default: false. */
  readonly isPooled?: boolean;
  /** Where to edit an entity: a URL that contains `{id}`. Default: none. */
  readonly editUrl?: string | null;
  readonly cms: CmsClient;
  readonly logger: Logger;
}

/** Owns its database connections from `start` to `stop`. Closes `cms` when it stops. */
export function createConsumerSubgraph<
  Client extends { $disconnect(): Promise<void> },
  Context extends RequestScope,
>(consumer: Consumer<Client, Context>, dependencies: ConsumerDependencies): Subgraph<Context> {
  const { name, entityType, tables, resolvers } = consumer;
  const { databaseUrl: url, isPooled = false, logger } = dependencies;
  const { createClient: clientOf } = consumer;
  const database = openDatabase({ url, isPooled, name, logger, clientOf });
  const media = createMediaConsumer({
    ...dependencies,
    entityType,
    names: nameColumnOf(tables),
    purge: createPurge(tables),
  });
  const { pool, client } = database;
  return {
    name,
    schema: createSubgraphSchema<Context>({ typeDefs: readTypeDefs(consumer.folder), resolvers }),
    context: consumer.createContexts({ pool, client, media }),
    isReady: () => database.ping(),
    async start() {
      await database.checkAccess();
      media.start();
    },
    async stop() {
      await media.stop();
      await database.close();
    },
  };
}
