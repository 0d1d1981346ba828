import { rejectionOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type TestBlog, useTestBlog, usagesOf } from '../testing/blog.ts';

let blog: TestBlog;
useTestBlog((opened) => {
  blog = opened;
});

const attach = (input: object) => blog.change('attachMediaToPost', input);

test('lists usages by role, each role with a separate order', async () => {
  const { id } = await blog.newPost();
  const attached = await blog.attachNew(id, 'ATTACHMENT');
  const inline = await blog.attachNew(id);
  const cover = await blog.attachNew(id, 'COVER');
  const first = blog.cms.add();
  const { postMedia, post } = await attach({
    postId: id,
    mediaId: first.toUpperCase(),
    displayOrder: 0,
    altText: ' A vase ',
  });
  expect(postMedia).toMatchObject({ role: 'INLINE', displayOrder: 0, altText: 'A vase' });
  expect(usagesOf(post)).toEqual([
    `COVER 0 ${cover.mediaId}`,
    `INLINE 0 ${first}`,
    `INLINE 1 ${inline.mediaId}`,
    `ATTACHMENT 0 ${attached.mediaId}`,
  ]);
  expect(post?.cover).toEqual({ id: cover.usageId });
  expect(await blog.find({ id })).toEqual(post);
  const ofRole = await blog.read<object>(
    `query ($id: ID!) { it: post(id: $id) { mediaAssociations(role: ATTACHMENT) { id } } }`,
    { variables: { id } },
  );
  expect(ofRole).toEqual({ mediaAssociations: [{ id: attached.usageId }] });
});

test('a new cover replaces the former one, which is detached and released', async () => {
  const { id } = await blog.newPost();
  const former = await blog.attachNew(id, 'COVER');
  await attach({ postId: id, mediaId: former.mediaId });
  const next = await blog.attachNew(id, 'COVER');
  const post = await blog.find({ id });
  expect(usagesOf(post)).toEqual([`COVER 0 ${next.mediaId}`, `INLINE 0 ${former.mediaId}`]);
  await expect
    .poll(() => blog.cms.usagesOf(former.mediaId))
    .toEqual([post!.mediaAssociations[1]!.id]);
  const again = await attach({ postId: id, mediaId: next.mediaId, role: 'COVER' });
  expect(rejectionOf(again)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  expect(blog.cms.usagesOf(next.mediaId)).toEqual([next.usageId]);
});

test('an attached file does not exist as soon as it is trashed or purged, before the feed reports it', async () => {
  const { id } = await blog.newPost();
  const { mediaId } = await blog.attachNew(id);
  const again = async () => rejectionOf(await attach({ postId: id, mediaId }));
  blog.cms.state.isFeedHeld = true;
  blog.cms.trash(mediaId);
  expect(await again()).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  blog.cms.restore(mediaId);
  expect(await again()).toEqual(['ALREADY_ATTACHED input.mediaId']);
  blog.cms.trash(mediaId);
  blog.cms.purge(mediaId);
  expect(await again()).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  expect(usagesOf(await blog.find({ id }))).toHaveLength(1);
  blog.cms.state.isFeedHeld = false;
  await expect.poll(async () => usagesOf(await blog.find({ id }))).toEqual([]);
});

test('rejects what cannot be attached, and keeps the cover', async () => {
  const { id } = await blog.newPost();
  const cover = await blog.attachNew(id, 'COVER');
  const mediaId = blog.cms.add();
  const refusals = async (more: object) =>
    rejectionOf(await attach({ postId: id, mediaId, role: 'COVER', ...more }));
  const failed = blog.cms.add({ status: 'FAILED' });
  expect(await refusals({ postId: newId() })).toEqual(['NOT_FOUND input.postId']);
  expect(await refusals({ postId: 'x' })).toEqual(['NOT_FOUND input.postId']);
  for (const unknown of [newId(), 'x', '', blog.cms.add({}, 'store-b')]) {
    expect(await refusals({ mediaId: unknown })).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  }
  expect(await refusals({ mediaId: failed })).toEqual(['MEDIA_NOT_READY input.mediaId']);
  expect(await refusals({ displayOrder: -1 })).toEqual(['INVALID input.displayOrder']);
  expect(await refusals({ altText: 'x'.repeat(501) })).toEqual(['INVALID input.altText']);
  blog.cms.state.isDown = true;
  expect(await refusals({})).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  blog.cms.state.isDown = false;
  expect(usagesOf(await blog.find({ id }))).toEqual([`COVER 0 ${cover.mediaId}`]);
  await expect.poll(() => blog.cms.usagesOf(mediaId)).toEqual([]);
  await expect.poll(() => blog.cms.usagesOf(failed)).toEqual([]);
});

test('detaches a file from one role or all, closes the gaps and releases it', async () => {
  const { id } = await blog.newPost();
  const file = await blog.attachNew(id);
  const second = await blog.attachNew(id);
  for (const role of ['COVER', 'ATTACHMENT'])
    await attach({ postId: id, mediaId: file.mediaId, role });
  const detach = (input: object) =>
    blog.change('detachMediaFromPost', { postId: id, mediaId: file.mediaId, ...input });

  expect(usagesOf((await detach({ role: 'INLINE' })).post)).toEqual([
    `COVER 0 ${file.mediaId}`,
    `INLINE 0 ${second.mediaId}`,
    `ATTACHMENT 0 ${file.mediaId}`,
  ]);
  expect(rejectionOf(await detach({ role: 'INLINE' }))).toEqual(['NOT_ATTACHED input.mediaId']);
  const { post } = await detach({});
  expect(usagesOf(post)).toEqual([`INLINE 0 ${second.mediaId}`]);
  expect(await blog.find({ id })).toEqual(post);
  await expect.poll(() => blog.cms.usagesOf(file.mediaId)).toEqual([]);
  expect(rejectionOf(await detach({}))).toEqual(['NOT_ATTACHED input.mediaId']);
  expect(rejectionOf(await detach({ mediaId: 'x' }))).toEqual(['NOT_ATTACHED input.mediaId']);
  expect(rejectionOf(await detach({ postId: newId() }))).toEqual(['NOT_FOUND input.postId']);
  const theirs = { postId: id, mediaId: second.mediaId };
  const foreign = await blog.change('detachMediaFromPost', theirs, { storeId: 'store-b' });
  expect(rejectionOf(foreign)).toEqual(['NOT_FOUND input.postId']);
});

test('hides a cover in the trash until it is restored, and removes a purged one', async () => {
  const { id } = await blog.newPost();
  const cover = await blog.attachNew(id, 'COVER');
  const [one, two] = [await blog.attachNew(id), await blog.attachNew(id)];
  const before = await blog.find({ id });
  const usages = async () => usagesOf(await blog.find({ id }));
  blog.cms.trash(cover.mediaId);
  blog.cms.trash(one.mediaId);
  await expect.poll(usages).toEqual([`INLINE 1 ${two.mediaId}`]);
  expect((await blog.find({ id }))?.cover).toBeNull();
  blog.cms.restore(cover.mediaId);
  await expect.poll(async () => (await blog.find({ id }))?.cover).toEqual(before!.cover);
  blog.cms.restore(one.mediaId);
  await expect.poll(() => blog.find({ id })).toEqual(before);
  for (const { mediaId } of [cover, one]) {
    blog.cms.trash(mediaId);
    blog.cms.purge(mediaId);
  }
  await expect.poll(usages).toEqual([`INLINE 0 ${two.mediaId}`]);
});
