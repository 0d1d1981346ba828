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
import * as postMediaResolvers from './post-media/resolvers.ts';
import { createPostMediaService } from './post-media/service.ts';
import { shownUsages } from './post-media/usages.ts';
import { createPostRepository, tables } from './post/repository.ts';
import * as postResolvers from './post/resolvers.ts';
import { createPostService } from './post/service.ts';

const resolvers = {
  DateTime: commonScalars.DateTime,
  Post: postResolvers.Post,
  PostMedia: postMediaResolvers.PostMedia,
  Query: postResolvers.Query,
  Mutation: { ...postResolvers.Mutation, ...postMediaResolvers.Mutation },
} satisfies Answered<Resolvers, ResolversParentTypes>;

export const blog: Consumer<PrismaClient, Context> = {
  name: 'blog',
  defaultPort: 4004,
  entityType: 'Post',
  tables,
  folder: new URL('.', import.meta.url),
  resolvers,
  createClient: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
  createContexts({ pool, client, media }) {
    const repository = createPostRepository({ pool, client });
    const posts = createPostService({ posts: repository, media });
    const postMedia = createPostMediaService({ posts: repository, media });
    return (scope) => {
      const { storeId } = scope.caller;
      const entities = {
        posts: createEntityLoader((ids) => repository.findByIds(storeId, ids)),
        usages: createEntityLoader(async (ids) =>
          (await repository.findByUsageIds(storeId, ids)).flatMap(shownUsages),
        ),
      };
      return { ...scope, posts, postMedia, entities };
    };
  },
};

export const createBlogSubgraph = (dependencies: ConsumerDependencies) =>
  createConsumerSubgraph(blog, dependencies);
