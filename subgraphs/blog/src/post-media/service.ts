import { newAssociation } from '@federated-media/media-consumer/associations/association';
import { attachFile } from '@federated-media/media-consumer/associations/attach';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { readId } from '@federated-media/subgraph-kit/ids';
import { normalText } from '@federated-media/subgraph-kit/normal-form';
import type { AttachMediaToPostInput, DetachMediaFromPostInput } from '../generated/graphql.ts';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/repository.ts';
import { givenProblem } from './rules.ts';
import { attach, detach, findUsage } from './usages.ts';

/** Usages of files by the posts of the caller's store. Nothing is locked during a request to the CMS. */
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
      const altText = normalText(input.altText);
      const usage = { ...newAssociation(input.mediaId), role, altText };
      const outcome = await attachFile(
        { owners: posts, media },
        {
          storeId,
          ownerId: input.postId,
          usage,
          role,
          same: (post) => findUsage(post, usage),
          decide: (post: Post) => attach(post, usage, input.displayOrder ?? undefined),
        },
      );
      if (!outcome) return rejectedWith(notFound('post', ['input', 'postId']));
      const { entity: post, answer } = outcome;
      if (answer) return rejectedWith(answer);
      const attached = post.usages.find(({ id }) => id === usage.id);
      return { postMedia: attached ? { ...attached, post } : null, post, userErrors: [] };
    },

    async detach({ storeId }: Caller, input: DetachMediaFromPostInput) {
      const unwanted = { mediaId: readId(input.mediaId), role: input.role ?? null };
      const outcome = await posts.change({ storeId, id: input.postId }, (post) =>
        detach(post, unwanted),
      );
      if (!outcome) return rejectedWith(notFound('post', ['input', 'postId']));
      if (outcome.answer) return rejectedWith(outcome.answer);
      await media.sendNow();
      return { post: outcome.entity, userErrors: [] };
    },
  };
}
export type PostMediaService = ReturnType<typeof createPostMediaService>;
