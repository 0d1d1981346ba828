import { attachFile } from '@federated-media/media-consumer/associations/attach';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { trimText } from '@federated-media/subgraph-kit/text';
import type {
  AttachMediaToPostInput,
  DetachMediaFromPostInput,
  PostUserError,
} from '../generated/graphql.ts';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/repository.ts';
import type { PostMedia } from './post-media.ts';
import { givenProblem } from './rules.ts';
import { attach, detach } from './uses.ts';

/** Which files the posts of the caller's store use, and how. Nothing is locked while the CMS is asked. */
export function createPostMediaService({
  posts,
  media,
}: {
  posts: PostRepository;
  media: MediaConsumer;
}) {
  return {
    async attach({ storeId }: Caller, input: AttachMediaToPostInput) {
      const problem = givenProblem(input);
      if (problem) return rejectedWith(problem);

      const { role = 'INLINE' } = input;
      const usageId = newId();
      const altText = trimText(input.altText);
      const fresh = { id: usageId, role, altText, displayOrder: 0, isHidden: false };
      const outcome = await attachFile<PostMedia, Post, PostUserError>(
        { owners: posts, media },
        {
          storeId,
          ownerId: input.postId,
          usageId,
          mediaId: input.mediaId,
          role,
          decide: (post, mediaId) =>
            attach(post, { ...fresh, mediaId }, input.displayOrder ?? undefined),
        },
      );
      if (!outcome) return rejectedWith(notFound('post', ['input', 'postId']));
      const { entity: post, answer } = outcome;
      if (answer) return rejectedWith(answer);
      const use = post.uses.find(({ id }) => id === usageId);
      return { postMedia: use ? { ...use, post } : null, post, userErrors: [] };
    },

    async detach({ storeId }: Caller, input: DetachMediaFromPostInput) {
      const id = readId(input.postId);
      const unwanted = { mediaId: readId(input.mediaId), role: input.role ?? null };
      const outcome =
        id === null ? null : await posts.change({ storeId, id }, (post) => detach(post, unwanted));
      if (!outcome) return rejectedWith(notFound('post', ['input', 'postId']));
      if (outcome.answer) return rejectedWith(outcome.answer);
      await media.sendNow();
      return { post: outcome.entity, userErrors: [] };
    },
  };
}
export type PostMediaService = ReturnType<typeof createPostMediaService>;
