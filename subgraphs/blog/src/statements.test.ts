import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type Post, type TestBlog, useTestBlog } from './testing/blog.ts';

let blog: TestBlog;
useTestBlog((opened) => {
  blog = opened;
});

const PAGE = `query ($count: Boolean!, $first: Int, $after: String, $last: Int, $before: String) {
  it: posts(first: $first, after: $after, last: $last, before: $before) {
    totalCount @include(if: $count)
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id storeId title slug body cover { id media { id } post { id } }
      mediaAssociations { id role displayOrder media { id } } }
  }
}`;
interface Page {
  readonly totalCount: number;
  readonly nodes: readonly Post[];
  readonly pageInfo: { readonly startCursor: string; readonly endCursor: string };
}

test('reads a page of posts with one statement in either direction, and their number with one more', async () => {
  const storeId = 'store-of-25';
  const made: string[] = [];
  for (let count = 0; count < 25; count += 1) {
    const { id } = await blog.newPost('A post', storeId);
    await blog.attachNew(id, 'COVER', storeId);
    await blog.attachNew(id, 'INLINE', storeId);
    made.unshift(id);
  }
  const page = async (variables: object) => {
    blog.statements.length = 0;
    return blog.read<Page>(PAGE, { storeId, variables: { count: false, ...variables } });
  };
  const { nodes, pageInfo } = await page({});
  expect(nodes.map(({ id }) => id)).toEqual(made.slice(0, 24));
  expect(nodes[0]).toMatchObject({ cover: { post: { id: made[0] } } });
  expect(nodes.every(({ mediaAssociations }) => mediaAssociations.length === 2)).toBe(true);
  expect(blog.statements).toHaveLength(1);

  expect((await page({ after: pageInfo.endCursor })).nodes).toHaveLength(1);
  expect(blog.statements).toHaveLength(1);
  const last = await page({ last: 2, before: pageInfo.endCursor });
  expect(last.nodes.map(({ id }) => id)).toEqual(made.slice(21, 23));
  expect(last.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  expect((await page({ count: true, first: 1 })).totalCount).toBe(25);
  expect(blog.statements).toHaveLength(2);
});

test('resolves references with one statement per type, and only for their store', async () => {
  const { id } = await blog.newPost();
  const usage = await blog.attachNew(id, 'COVER');
  const foreign = await blog.newPost('Theirs', 'store-b');
  const theirs = await blog.attachNew(foreign.id, 'COVER', 'store-b');
  const refer = (__typename: string, ids: string[]) =>
    ids.map((given) => ({ __typename, id: given }));
  const representations = [
    ...refer('Post', [id.toUpperCase(), foreign.id, newId(), 'x']),
    ...refer('PostMedia', [usage.usageId, theirs.usageId]),
  ];
  blog.statements.length = 0;
  const query = `query ($representations: [_Any!]!) {
    it: _entities(representations: $representations) {
      ... on Post { id cover { id } }
      ... on PostMedia { id post { id } media { id } }
    }
  }`;
  const asking = { variables: { representations }, scope: '' };
  const found = await blog.read<({ id: string } | null)[]>(query, asking);
  expect(found).toEqual([
    { id, cover: { id: usage.usageId } },
    null,
    null,
    null,
    { id: usage.usageId, post: { id }, media: { id: usage.mediaId } },
    null,
  ]);
  expect(blog.statements).toHaveLength(2);
});
