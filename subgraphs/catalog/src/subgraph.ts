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
import type { MediaDirectory } from './media-directory.ts';
import * as productMediaResolvers from './product-media/resolvers.ts';
import { createProductMediaService } from './product-media/service.ts';
import * as variantResolvers from './product-variant/resolvers.ts';
import { createProductVariantService } from './product-variant/service.ts';
import { createEntityLoaders } from './product/loader.ts';
import { createProductRepository } from './product/repository.ts';
import * as productResolvers from './product/resolvers.ts';
import { createProductService } from './product/service.ts';

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

/** Products, their variants and the files they use. Owns its database connections from `start` to `stop`. */
export function createCatalogSubgraph({
  databaseUrl,
  media,
  logger,
}: {
  databaseUrl: string;
  media: MediaDirectory;
  logger: Logger;
}): Subgraph<Context> {
  const database = openDatabase({ url: databaseUrl, logger });
  const products = createProductRepository(database);
  const services = {
    products: createProductService({ products }),
    variants: createProductVariantService({ products }),
    productMedia: createProductMediaService({ products, media, logger }),
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
    start: () => database.ping(),
    stop: () => database.close(),
  };
}
