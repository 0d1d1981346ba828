import {
  type Decision,
  MAX_USAGES,
  shown,
} from '@federated-media/media-consumer/associations/association';
import { orderByRole } from '@federated-media/media-consumer/associations/order';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { PostMediaRole, PostUserError } from '../generated/graphql.ts';
import type { PostMediaParent } from '../mappers.ts';
import type { Post } from '../post/post.ts';
import type { PostMedia } from './post-media.ts';

/** The order in which a post's usages are shown. */
const ROLES = ['COVER', 'INLINE', 'ATTACHMENT'] as const satisfies readonly PostMediaRole[];

/** The changed post; or the unchanged one and the reason. */
type Change = Decision<Post, PostUserError | null>;

const rejected = (post: Post, answer: PostUserError): Change => ({ entity: post, answer });

const { place, without } = orderByRole<PostMedia, PostMediaRole>(ROLES, ({ role }) => role);

/** The usage of the same file in the same role. */
export const findUsage = ({ usages }: Post, key: Pick<PostMedia, 'mediaId' | 'role'>) =>
  usages.find(({ mediaId, role }) => mediaId === key.mediaId && role === key.role);

/** With one more usage, at `position` of its role or last. A new cover replaces the former one. */
export function attach(post: Post, usage: PostMedia, position?: number): Change {
  const { usages } = post;
  if (findUsage(post, usage)) {
    const message = `The file is already attached to this post as ${usage.role}.`;
    return rejected(post, userError('ALREADY_ATTACHED', message, ['input', 'mediaId']));
  }
  const others = usage.role === 'COVER' ? without(usages, ({ role }) => role === 'COVER') : usages;
  const placed = place(others, usage, position);
  if (placed.length <= MAX_USAGES) return { entity: { ...post, usages: placed }, answer: null };
  const message = `The post has too many files. The maximum is ${MAX_USAGES}.`;
  return rejected(post, userError('INVALID', message, ['input']));
}

/** Without its usages of a file, all or the one in `role`; the ones behind close up. */
export function detach(
  post: Post,
  unwanted: { mediaId: string | null; role: PostMediaRole | null },
): Change {
  const isUnwanted = ({ mediaId, role }: PostMedia) =>
    mediaId === unwanted.mediaId && (unwanted.role ?? role) === role;
  if (post.usages.some(isUnwanted)) {
    return { entity: { ...post, usages: without(post.usages, isUnwanted) }, answer: null };
  }
  const message = 'The file is not attached to this post in this role.';
  return rejected(post, userError('NOT_ATTACHED', message, ['input', 'mediaId']));
}

/** A post's usages as readers see them: without those whose file is in the trash. */
export const shownUsages = (post: Post): PostMediaParent[] =>
  shown(post.usages).map((usage) => ({ ...usage, post }));
