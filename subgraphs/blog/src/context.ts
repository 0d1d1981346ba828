import type { EntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { PostParent, PostMediaParent } from './mappers.ts';
import type { PostMediaService } from './post-media/service.ts';
import type { PostService } from './post/service.ts';

/** The context of resolvers: the caller and the services. */
export interface Context extends RequestScope {
  readonly posts: PostService;
  readonly postMedia: PostMediaService;
  /** For one request. */
  readonly entities: {
    readonly posts: EntityLoader<PostParent>;
    readonly usages: EntityLoader<PostMediaParent>;
  };
}
