import { type Decision, MAX_USES } from '@federated-media/media-consumer/associations/association';
import { orderByRole } from '@federated-media/media-consumer/associations/order';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { PostMediaRole, PostUserError } from '../generated/graphql.ts';
import type { Post } from '../post/post.ts';
import type { PostMedia } from './post-media.ts';

/** In the order in which a post's uses are shown. */
const ROLES = ['COVER', 'INLINE', 'ATTACHMENT'] as const satisfies readonly PostMediaRole[];

/** A post with other uses; or as it was, and why. */
type Change = Decision<Post, PostUserError | null>;

const refused = (post: Post, answer: PostUserError): Change => ({ entity: post, answer });

const { place, without } = orderByRole<PostMedia, PostMediaRole>(ROLES, ({ role }) => role);

/** With one more use, at `position` of its role or last. A cover takes the former one's place. */
export function attach(post: Post, use: PostMedia, position?: number): Change {
  const { uses } = post;
  if (uses.some(({ mediaId, role }) => mediaId === use.mediaId && role === use.role)) {
    const message = `The file is already attached to this post as ${use.role}.`;
    return refused(post, userError('ALREADY_ATTACHED', message, ['input', 'mediaId']));
  }
  const others = use.role === 'COVER' ? without(uses, ({ role }) => role === 'COVER') : uses;
  const placed = place(others, use, position);
  if (placed.length <= MAX_USES) return { entity: { ...post, uses: placed }, answer: null };
  const message = `The post has too many files. The maximum is ${MAX_USES}.`;
  return refused(post, userError('INVALID', message, ['input']));
}

/** Without its uses of a file, all or the one in `role`; those behind them close up. */
export function detach(
  post: Post,
  unwanted: { mediaId: string | null; role: PostMediaRole | null },
): Change {
  const isUnwanted = ({ mediaId, role }: PostMedia) =>
    mediaId === unwanted.mediaId && (unwanted.role ?? role) === role;
  if (post.uses.some(isUnwanted)) {
    return { entity: { ...post, uses: without(post.uses, isUnwanted) }, answer: null };
  }
  const message = 'The file is not attached to this post in this role.';
  return refused(post, userError('NOT_ATTACHED', message, ['input', 'mediaId']));
}
