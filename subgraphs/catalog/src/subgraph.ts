import type { CmsClient } from '@federated-media/media-consumer/cms-client';
import { createMediaConsumer } from '@federated-media/media-consumer/media-consumer';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { commonScalars } from '@federated-media/subgraph-kit/scalars';
import {
  type Answered,
  createSubgraphSchema,
  readTypeDefs,
} from '@federated-media/subgraph-kit/schema';
import type { Subgraph } from '@federated-media/subgraph-kit/server';
import type { Context } from './context.ts';
import { openDatabase } from './database.ts';
import type { Resolvers, ResolversParentTypes } from './generated/graphql.ts';
import { purgeUses } from './product-media/purge-repository.ts';
import * as productMediaResolvers from './product-media/resolvers.ts';
import { createProductMediaService } from './product-media/service.ts';
import * as variantResolvers from './product-variant/resolvers.ts';
import { createProductVariantService } from './product-variant/service.ts';
import { createEntityLoaders } from './product/loader.ts';
import { createProductRepository } from './product/repository.ts';
import * as productResolvers from './product/resolvers.ts';
import { createProductService } from './product/service.ts';

/** What uses files, as the CMS's ledger shows it to people. */
export const ENTITY_TYPE = 'Product';

const { DateTime, SafeInt } = commonScalars;

const resolvers = {
  DateTime,
  SafeInt,
  Product: productResolvers.Product,
  ProductVariant: variantResolvers.ProductVariant,
  ProductMedia: productMediaResolvers.ProductMedia,
  Query: productResolvers.Query,
  Mutation: {
    ...productResolvers.Mutation,
    ...variantResolvers.Mutation,
    ...productMediaResolvers.Mutation,
  },
} satisfies Answered<Resolvers, ResolversParentTypes>;

/**
 * Products, their variants and the files they use. Owns its database connections from `start` to `stop`,
 * and ends the `cms` it is given.
 */
export function createCatalogSubgraph({
  databaseUrl,
  cms,
  logger,
}: {
  databaseUrl: string;
  cms: CmsClient;
  logger: Logger;
}): Subgraph<Context> {
  const database = openDatabase({ url: databaseUrl, logger });
  const products = createProductRepository(database);
  const media = createMediaConsumer({
    cms,
    databaseUrl,
    entityType: ENTITY_TYPE,
    purge: purgeUses,
    logger,
  });
  const services = {
    products: createProductService({ products, media }),
    variants: createProductVariantService({ products, media }),
    productMedia: createProductMediaService({ products, media }),
  };
  return {
    name: 'catalog',
    schema: createSubgraphSchema<Context>({
      typeDefs: readTypeDefs(new URL('.', import.meta.url)),
      resolvers,
    }),
    context: (scope) => ({
      ...scope,
      ...services,
      entities: createEntityLoaders({ products, storeId: scope.caller.storeId }),
    }),
    isReady: () => database.ping(),
    async start() {
      await database.ping();
      media.start();
    },
    async stop() {
      await media.stop();
      await database.close();
    },
  };
}
