import { rejectionOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type TestBlog, useTestBlog, usagesOf } from '../testing/blog.ts';

let blog: TestBlog;
useTestBlog((opened) => {
  blog = opened;
});

const attach = (input: object) => blog.change('attachMediaToPost', input);

test('of twenty concurrent changes of the cover all succeed, and only the last one stays claimed', async () => {
  const { id } = await blog.newPost();
  const mediaIds = Array.from({ length: 20 }, () => blog.cms.add());
  const results = await Promise.all(
    mediaIds.map((mediaId) => attach({ postId: id, mediaId, role: 'COVER' })),
  );
  expect(results.flatMap(rejectionOf)).toEqual([]);
  const { mediaAssociations } = (await blog.find({ id }))!;
  expect(mediaAssociations.map(({ role }) => role)).toEqual(['COVER']);
  const usages = () => mediaIds.flatMap((mediaId) => blog.cms.usagesOf(mediaId));
  await expect.poll(usages).toEqual([mediaAssociations[0]!.id]);
});

test('of ten concurrent requests to attach the same file one succeeds', async () => {
  const { id } = await blog.newPost();
  const mediaId = blog.cms.add();
  const results = await Promise.all(
    Array.from({ length: 10 }, () => attach({ postId: id, mediaId })),
  );
  expect(results.flatMap(rejectionOf)).toEqual(Array(9).fill('ALREADY_ATTACHED input.mediaId'));
  await expect.poll(() => blog.cms.usagesOf(mediaId)).toHaveLength(1);
});

test('the order has no gaps after concurrent attaching and detaching', async () => {
  const { id } = await blog.newPost();
  const made = [];
  for (let count = 0; count < 6; count += 1) made.push(await blog.attachNew(id));
  await Promise.all([
    ...made
      .slice(0, 3)
      .map(({ mediaId }) => blog.change('detachMediaFromPost', { postId: id, mediaId })),
    ...Array.from({ length: 5 }, () =>
      attach({ postId: id, mediaId: blog.cms.add(), displayOrder: 0 }),
    ),
    ...Array.from({ length: 2 }, () => blog.attachNew(id, 'COVER')),
  ]);
  const { mediaAssociations } = (await blog.find({ id }))!;
  const inline = mediaAssociations.filter(({ role }) => role === 'INLINE');
  expect(inline.map(({ displayOrder }) => displayOrder)).toEqual([...Array(8).keys()]);
  expect(mediaAssociations).toHaveLength(9);
});

test('a post that is deleted during the claim is unknown, and the claim is released', async () => {
  const { id } = await blog.newPost();
  const mediaId = blog.cms.add();
  blog.cms.state.whileClaiming = async () => {
    blog.cms.state.whileClaiming = null;
    await blog.change('deletePost', { id });
  };
  expect(rejectionOf(await attach({ postId: id, mediaId }))).toEqual(['NOT_FOUND input.postId']);
  await expect.poll(() => blog.cms.usagesOf(mediaId)).toEqual([]);
});

test('the database enforces the rules of covers, positions and slugs', async () => {
  const { id, slug } = await blog.newPost();
  const { mediaId } = await blog.attachNew(id, 'COVER');
  const insert = (media: string, role: string, order: number) =>
    blog.pool.query(
      `INSERT INTO post_media (id, store_id, post_id, media_id, role, display_order)
       VALUES ($1, 'store-a', $2, $3, $4, $5)`,
      [newId(), id, media, role, order],
    );
  await expect(insert(newId(), 'COVER', 0)).rejects.toThrow('post_media_cover_key');
  await expect(insert(mediaId, 'COVER', 0)).rejects.toThrow('post_media_');
  await insert(mediaId, 'INLINE', 0);
  await expect(insert(newId(), 'INLINE', -1)).rejects.toThrow('post_media_display_order_check');
  const values = [newId(), slug];
  const twice = `INSERT INTO posts (id, store_id, title, slug, body) VALUES ($1, 'store-a', 'x', $2, 'x')`;
  await expect(blog.pool.query(twice, values)).rejects.toThrow('posts_store_id_slug_key');
  expect(usagesOf(await blog.find({ id }))).toHaveLength(2);
});

test('a cover that a process of an earlier version writes during the claim is replaced', async () => {
  const { id } = await blog.newPost();
  const [former, mediaId] = [blog.cms.add(), blog.cms.add()];
  blog.cms.state.whileClaiming = async () => {
    blog.cms.state.whileClaiming = null;
    // It locks the post, but does not count its revisions.
    await blog.pool.query(
      `INSERT INTO post_media (id, store_id, post_id, media_id, role, display_order)
      VALUES ($1, 'store-a', $2, $3, 'COVER', 0)`,
      [newId(), id, former],
    );
  };
  const { post, userErrors } = await attach({ postId: id, mediaId, role: 'COVER' });
  expect(userErrors).toEqual([]);
  const covers = post!.mediaAssociations.filter(({ role }) => role === 'COVER');
  expect(covers.map(({ media }) => media.id)).toEqual([mediaId]);
});
