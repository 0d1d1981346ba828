import type { CmsClient } from '@federated-media/media-consumer/cms-client';
import { lifecycleOf } from '@federated-media/media-consumer/lifecycle';
import { createMediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { createEntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { commonScalars } from '@federated-media/subgraph-kit/scalars';
import {
  type Answered,
  createSubgraphSchema,
  readTypeDefs,
} from '@federated-media/subgraph-kit/schema';
import type { Subgraph } from '@federated-media/subgraph-kit/server';
import { ENTITY_TYPE } from './artwork/artwork.ts';
import { createArtworkRepository, purgeUses } from './artwork/repository.ts';
import * as artworkResolvers from './artwork/resolvers.ts';
import { createArtworkService } from './artwork/service.ts';
import type { Context } from './context.ts';
import { openDatabase } from './database.ts';
import * as galleryMediaResolvers from './gallery-media/resolvers.ts';
import { createGalleryMediaService } from './gallery-media/service.ts';
import { shownUses } from './gallery-media/shown.ts';
import type { Resolvers, ResolversParentTypes } from './generated/graphql.ts';

const resolvers = {
  DateTime: commonScalars.DateTime,
  Artwork: artworkResolvers.Artwork,
  GalleryMedia: galleryMediaResolvers.GalleryMedia,
  Query: artworkResolvers.Query,
  Mutation: { ...artworkResolvers.Mutation, ...galleryMediaResolvers.Mutation },
} satisfies Answered<Resolvers, ResolversParentTypes>;

interface Dependencies {
  readonly databaseUrl: string;
  readonly cms: CmsClient;
  readonly logger: Logger;
}

/** Owns its database connections from `start` to `stop`, and ends the `cms` it is given. */
export function createArtGallerySubgraph(dependencies: Dependencies): Subgraph<Context> {
  const { databaseUrl: url, logger } = dependencies;
  const database = openDatabase({ url, logger });
  const artworks = createArtworkRepository(database);
  const options = { ...dependencies, entityType: ENTITY_TYPE, purge: purgeUses };
  const media = createMediaConsumer(options);
  const services = {
    artworks: createArtworkService({ artworks, media }),
    galleryMedia: createGalleryMediaService({ artworks, media }),
  };
  return {
    name: 'art-gallery',
    schema: createSubgraphSchema<Context>({
      typeDefs: readTypeDefs(new URL('.', import.meta.url)),
      resolvers,
    }),
    context: (scope) => ({
      ...scope,
      ...services,
      entities: entitiesOf(scope.caller.storeId),
    }),
    ...lifecycleOf({ database, media }),
  };

  function entitiesOf(storeId: string) {
    return {
      artworks: createEntityLoader((ids) => artworks.findByIds(storeId, ids)),
      uses: createEntityLoader(async (ids) =>
        (await artworks.findByUseIds(storeId, ids)).flatMap(shownUses),
      ),
    };
  }
}
