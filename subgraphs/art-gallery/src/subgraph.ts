import {
  type Consumer,
  type ConsumerDependencies,
  createConsumerSubgraph,
} from '@federated-media/media-consumer/subgraph';
import { createEntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import { commonScalars } from '@federated-media/subgraph-kit/scalars';
import type { Answered } from '@federated-media/subgraph-kit/schema';
import { PrismaPg } from '@prisma/adapter-pg';
import { createArtworkRepository, tables } from './artwork/repository.ts';
import * as artworkResolvers from './artwork/resolvers.ts';
import { createArtworkService } from './artwork/service.ts';
import type { Context } from './context.ts';
import * as galleryMediaResolvers from './gallery-media/resolvers.ts';
import { createGalleryMediaService } from './gallery-media/service.ts';
import { shownUsages } from './gallery-media/usages.ts';
import type { Resolvers, ResolversParentTypes } from './generated/graphql.ts';
import { PrismaClient } from './generated/prisma/client.ts';

const resolvers = {
  DateTime: commonScalars.DateTime,
  Artwork: artworkResolvers.Artwork,
  GalleryMedia: galleryMediaResolvers.GalleryMedia,
  Query: artworkResolvers.Query,
  Mutation: { ...artworkResolvers.Mutation, ...galleryMediaResolvers.Mutation },
} satisfies Answered<Resolvers, ResolversParentTypes>;

export const artGallery: Consumer<PrismaClient, Context> = {
  name: 'art-gallery',
  defaultPort: 4003,
  entityType: 'Artwork',
  tables,
  folder: new URL('.', import.meta.url),
  resolvers,
  createClient: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
  createContexts({ pool, client, media }) {
    const repository = createArtworkRepository({ pool, client });
    const artworks = createArtworkService({ artworks: repository, media });
    const galleryMedia = createGalleryMediaService({ artworks: repository, media });
    return (scope) => {
      const { storeId } = scope.caller;
      const entities = {
        artworks: createEntityLoader((ids) => repository.findByIds(storeId, ids)),
        usages: createEntityLoader(async (ids) =>
          (await repository.findByUsageIds(storeId, ids)).flatMap(shownUsages),
        ),
      };
      return { ...scope, artworks, galleryMedia, entities };
    };
  },
};

export const createArtGallerySubgraph = (dependencies: ConsumerDependencies) =>
  createConsumerSubgraph(artGallery, dependencies);
