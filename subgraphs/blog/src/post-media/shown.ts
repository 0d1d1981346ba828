import { shown } from '@federated-media/media-consumer/associations/association';
import type { Post } from '../post/post.ts';
import type { PostMediaParent } from '../mappers.ts';

/** A post's usages as readers see them: without those whose file is in the trash. */
export const shownUses = (post: Post): PostMediaParent[] =>
  shown(post.uses).map((use) => ({ ...use, post }));
