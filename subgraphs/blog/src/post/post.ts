import type { Owner } from '@federated-media/media-consumer/associations/association';
import type { PostMedia } from '../post-media/post-media.ts';

/** A post's own fields. */
export interface PostFields {
  readonly title: string;
  readonly slug: string;
  readonly body: string;
}

/** A post with the files it uses, sorted by role and display order. */
export interface Post extends PostFields, Owner<PostMedia> {
  readonly updatedAt: Date;
}
