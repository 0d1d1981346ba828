import type { Reading } from '@federated-media/media-consumer/associations/statements';
import {
  type Consumer,
  type ConsumerDependencies,
  createConsumerSubgraph,
} from '@federated-media/media-consumer/subgraph';
import { createEntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import { commonScalars } from '@federated-media/subgraph-kit/scalars';
import type { Answered } from '@federated-media/subgraph-kit/schema';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Context } from './context.ts';
import type { Resolvers, ResolversParentTypes } from './generated/graphql.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import * as productMediaResolvers from './product-media/resolvers.ts';
import { createProductMediaService } from './product-media/service.ts';
import { shownUsages } from './product-media/usages.ts';
import * as variantResolvers from './product-variant/resolvers.ts';
import { createProductVariantService } from './product-variant/service.ts';
import { variantsOf } from './product-variant/variants-of.ts';
import { createProductRepository, tables } from './product/repository.ts';
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

export const catalog: Consumer<PrismaClient, Context> = {
  name: 'catalog',
  defaultPort: 4002,
  entityType: 'Product',
  tables,
  folder: new URL('.', import.meta.url),
  resolvers,
  createClient: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
  createContexts({ pool, client, media }) {
    const repository = createProductRepository({ pool, client });
    const services = {
      products: createProductService({ products: repository, media }),
      variants: createProductVariantService({ products: repository, media }),
      productMedia: createProductMediaService({ products: repository, media }),
    };
    return (scope) => {
      const { storeId } = scope.caller;
      const createEntities = (reading: Reading) => ({
        products: createEntityLoader((ids) => repository.findByIds(storeId, ids, reading)),
        variants: createEntityLoader(async (ids) =>
          (await repository.findByVariantIds(storeId, ids, reading)).flatMap(variantsOf),
        ),
        usages: createEntityLoader(async (ids) =>
          (await repository.findByUsageIds(storeId, ids, reading)).flatMap(shownUsages),
        ),
      });
      let entities: ReturnType<typeof createEntities> | undefined;
      return {
        ...scope,
        ...services,
        entities: (reading) => (entities ??= createEntities(reading)),
      };
    };
  },
};

export const createCatalogSubgraph = (dependencies: ConsumerDependencies) =>
  createConsumerSubgraph(catalog, dependencies);
