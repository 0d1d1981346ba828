import type { toConnection } from '@federated-media/subgraph-kit/pagination';
import type { PostMedia } from './post-media/post-media.ts';
import type { Post } from './post/post.ts';

/** The parents of resolvers. Usages include their post, so nothing is read twice. */
export type PostParent = Post;

export interface PostMediaParent extends PostMedia {
  readonly post: Post;
}

export interface MediaFileParent {
  readonly __typename: 'MediaFile';
  readonly id: string;
}

export type PostConnectionParent = ReturnType<typeof toConnection<Post>>;
