import { shown } from '@federated-media/media-consumer/associations/association';
import type { PostMediaParent } from '../mappers.ts';
import type { Post } from '../post/post.ts';

/** A post's usages as readers see them: without those whose file is in the trash. */
export const shownUsages = (post: Post): PostMediaParent[] =>
  shown(post.usages).map((usage) => ({ ...usage, post }));
