import { serveTestConsumer } from '@federated-media/media-consumer/testing/serve-consumer';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { PostMediaRole } from '../generated/graphql.ts';
import { createBlogSubgraph } from '../subgraph.ts';

const FIELDS = `id storeId title slug body createdAt updatedAt cover { id }
  mediaAssociations { id role displayOrder altText media { __typename id } post { id } }`;
const ERRORS = 'userErrors { code message field }';

interface Usage {
  readonly id: string;
  readonly role: PostMediaRole;
  readonly displayOrder: number;
  readonly altText: string | null;
  readonly media: { readonly id: string };
}
export interface Post {
  readonly id: string;
  readonly title: string;
  readonly slug: string;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly cover: { readonly id: string } | null;
  readonly mediaAssociations: readonly Usage[];
}
interface Payload {
  readonly post: Post | null;
  readonly postMedia: Usage | null;
  readonly deletedId: string | null;
  readonly userErrors: readonly { code: string; message: string; field: string[] }[];
}

const MUTATIONS = {
  createPost: ['CreatePostInput', `post { ${FIELDS} }`],
  updatePost: ['UpdatePostInput', `post { ${FIELDS} }`],
  deletePost: ['PostIdInput', 'deletedId'],
  attachMediaToPost: [
    'AttachMediaToPostInput',
    `postMedia { id role displayOrder altText media { id } } post { ${FIELDS} }`,
  ],
  detachMediaFromPost: ['DetachMediaFromPostInput', `post { ${FIELDS} }`],
} as const;

/** The blog over HTTP, with an in-memory CMS. */
async function openBlog() {
  const server = await serveTestConsumer({
    name: 'blog',
    scopes: 'blog:read blog:write',
    create: createBlogSubgraph,
  });

  async function change(
    mutation: keyof typeof MUTATIONS,
    input: object,
    { storeId = 'store-a' }: { storeId?: string } = {},
  ): Promise<Payload> {
    const [type, returned] = MUTATIONS[mutation];
    const query = `mutation ($input: ${type}!) { it: ${mutation}(input: $input) { ${returned} ${ERRORS} } }`;
    return server.read(query, { variables: { input }, storeId });
  }

  async function attachNew(postId: string, role?: PostMediaRole, storeId = 'store-a') {
    const mediaId = server.cms.add({}, storeId);
    const input = { postId, mediaId, ...(role && { role }) };
    const { postMedia } = await change('attachMediaToPost', input, { storeId });
    return { mediaId, usageId: postMedia!.id };
  }

  return {
    ...server,
    change,
    /** Attaches a new image. */
    attachNew,

    find: (by: { id?: string; slug?: string }, storeId = 'store-a'): Promise<Post | null> =>
      server.read(
        `query ($id: ID, $slug: String) { it: post(id: $id, slug: $slug) { ${FIELDS} } }`,
        { variables: by, storeId },
      ),

    async newPost(title = 'A post', storeId = 'store-a'): Promise<Post> {
      return (await change('createPost', { title, body: 'Words' }, { storeId })).post!;
    },
  };
}
export type TestBlog = Awaited<ReturnType<typeof openBlog>>;

/** One per test file: `onOpen` receives it before the first test. Before each test the CMS is up. */
export function useTestBlog(onOpen: (blog: TestBlog) => void) {
  let blog: TestBlog;
  beforeAll(async () => {
    blog = await openBlog();
    onOpen(blog);
  });
  beforeEach(() => {
    Object.assign(blog.cms.state, { isDown: false, whileClaiming: null });
  });
  afterAll(() => blog.close());
}

/** A post's usages as `COVER 0 <media id>`. */
export const usagesOf = (post: Post | null): string[] =>
  (post?.mediaAssociations ?? []).map(
    ({ role, displayOrder, media }) => `${role} ${displayOrder} ${media.id}`,
  );
