import { listOwners } from '@federated-media/media-consumer/associations/list';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import { unlessInUse } from '@federated-media/media-consumer/value-in-use';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { normalLine } from '@federated-media/subgraph-kit/normal-form';
import type { PageRequest } from '@federated-media/subgraph-kit/pagination';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { CreatePostInput, PostIdInput, UpdatePostInput } from '../generated/graphql.ts';
import { type GivenFields, fieldProblem } from './fields.ts';
import type { Post } from './post.ts';
import type { PostRepository } from './repository.ts';
import { isSlug, slugOf } from './slug.ts';

/** Posts of the caller's store and their own fields. */
export function createPostService({
  posts,
  media,
}: {
  posts: PostRepository;
  media: MediaConsumer;
}) {
  return {
    /** @throws BAD_USER_INPUT unless exactly one of id and slug is given */
    async find(
      { storeId }: Caller,
      { id, slug }: { id?: string | null | undefined; slug?: string | null | undefined },
    ): Promise<Post | null> {
      const isGiven = [id, slug].map((key) => typeof key === 'string');
      if (isGiven[0] === isGiven[1]) {
        throw badUserInput('Give either id or slug, but not both.');
      }
      if (typeof slug === 'string') return isSlug(slug) ? posts.findBySlug(storeId, slug) : null;
      return posts.find(storeId, id ?? '');
    },

    /** @throws BAD_USER_INPUT for an invalid cursor */
    list: ({ storeId }: Caller, request: PageRequest) => listOwners(posts, { storeId, request }),

    async create({ storeId }: Caller, { title, slug: givenSlug, body }: CreatePostInput) {
      const slug = givenSlug ?? undefined;
      const problem = fieldProblem({ title, slug, body });
      if (problem) return rejectedWith(problem);

      const post = { id: newId(), storeId, title: normalLine(title), body };
      return unlessInUse(slugTaken(), async () => ({
        post:
          slug === undefined
            ? await posts.insertNumbered({ ...post, slug: slugOf(title) })
            : await posts.insert({ ...post, slug }),
        userErrors: [],
      }));
    },

    async update({ storeId }: Caller, { id: givenId, ...input }: UpdatePostInput) {
      const given = readGiven(input);
      const problem = clearedProblem(input) ?? fieldProblem(given);
      if (problem) return rejectedWith(problem);
      const id = readId(givenId);
      if (id === null) return rejectedWith(notFound('post', ['input', 'id']));

      return unlessInUse(slugTaken(), async () => {
        if (Object.keys(given).length > 0) await posts.update({ storeId, id }, given);
        if (given.title !== undefined) await media.sendNow();
        const post = await posts.find(storeId, id);
        return post ? { post, userErrors: [] } : rejectedWith(notFound('post', ['input', 'id']));
      });
    },

    async delete({ storeId }: Caller, input: PostIdInput) {
      const id = readId(input.id);
      if (id === null || !(await posts.delete(storeId, id)))
        return rejectedWith(notFound('post', ['input', 'id']));
      await media.sendNow();
      return { deletedId: id, userErrors: [] };
    },
  };
}
export type PostService = ReturnType<typeof createPostService>;

type Update = Omit<UpdatePostInput, 'id'>;

const readGiven = ({ title, slug, body }: Update) =>
  ({
    ...(typeof title === 'string' && { title: normalLine(title) }),
    ...(typeof slug === 'string' && { slug }),
    ...(typeof body === 'string' && { body }),
  }) satisfies GivenFields;

function clearedProblem(input: Update) {
  const cleared = Object.entries(input).find(([, value]) => value === null);
  if (!cleared) return null;
  return userError('INVALID', 'This field cannot be cleared.', ['input', cleared[0]]);
}

const slugTaken = () =>
  userError('SLUG_TAKEN', 'Another post of the store already has this slug.', ['input', 'slug']);
