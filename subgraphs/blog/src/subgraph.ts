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
import { ENTITY_TYPE } from './post/post.ts';
import { createPostRepository, purgeUses } from './post/repository.ts';
import * as postResolvers from './post/resolvers.ts';
import { createPostService } from './post/service.ts';
import type { Context } from './context.ts';
import { openDatabase } from './database.ts';
import * as postMediaResolvers from './post-media/resolvers.ts';
import { createPostMediaService } from './post-media/service.ts';
import { shownUses } from './post-media/shown.ts';
import type { Resolvers, ResolversParentTypes } from './generated/graphql.ts';

const resolvers = {
  DateTime: commonScalars.DateTime,
  Post: postResolvers.Post,
  PostMedia: postMediaResolvers.PostMedia,
  Query: postResolvers.Query,
  Mutation: { ...postResolvers.Mutation, ...postMediaResolvers.Mutation },
} satisfies Answered<Resolvers, ResolversParentTypes>;

interface Dependencies {
  readonly databaseUrl: string;
  readonly cms: CmsClient;
  readonly logger: Logger;
}

/** Owns its database connections from `start` to `stop`, and ends the `cms` it is given. */
export function createBlogSubgraph(dependencies: Dependencies): Subgraph<Context> {
  const { databaseUrl: url, logger } = dependencies;
  const database = openDatabase({ url, logger });
  const posts = createPostRepository(database);
  const options = { ...dependencies, entityType: ENTITY_TYPE, purge: purgeUses };
  const media = createMediaConsumer(options);
  const services = {
    posts: createPostService({ posts, media }),
    postMedia: createPostMediaService({ posts, media }),
  };
  return {
    name: 'blog',
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
      posts: createEntityLoader((ids) => posts.findByIds(storeId, ids)),
      uses: createEntityLoader(async (ids) =>
        (await posts.findByUseIds(storeId, ids)).flatMap(shownUses),
      ),
    };
  }
}
