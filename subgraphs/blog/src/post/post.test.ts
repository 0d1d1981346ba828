import { rejectionOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type TestBlog, useTestBlog } from '../testing/blog.ts';

let blog: TestBlog;
useTestBlog((opened) => {
  blog = opened;
});

const create = (input: object, storeId = 'store-a') =>
  blog.change('createPost', { title: 'A post', body: 'Words', ...input }, { storeId });

test.each([
  [{ title: ' ' }, 'INVALID input.title'],
  [{ title: 'x'.repeat(256) }, 'INVALID input.title'],
  [{ title: 'a\nb' }, 'INVALID input.title'],
  [{ title: '\u200B' }, 'INVALID input.title'],
  [{ slug: 'a\u200Bb' }, 'INVALID input.slug'],
  [{ slug: 'cafe\u0301' }, 'INVALID input.slug'],
  [{ slug: '' }, 'INVALID input.slug'],
  [{ slug: 'No-Capitals' }, 'INVALID input.slug'],
  [{ slug: 'a--b' }, 'INVALID input.slug'],
  [{ slug: 'x'.repeat(101) }, 'INVALID input.slug'],
  [{ body: ' \n ' }, 'INVALID input.body'],
  [{ body: '\u200B\n' }, 'INVALID input.body'],
  [{ body: 'a\0b' }, 'INVALID input.body'],
])('creates no post from %j', async (more, refusal) => {
  const payload = await create(more);
  expect(payload.post).toBeNull();
  expect(rejectionOf(payload)).toEqual([refusal]);
});

test('creates no post with a body over the limit', async () => {
  for (const body of ['x'.repeat(100_001), `x${' '.repeat(100_000)}`]) {
    expect(rejectionOf(await create({ body }))).toEqual(['INVALID input.body']);
  }
});

test('stores the body unchanged and the title without surrounding spaces', async () => {
  const body = '    code\n\n# 🏺\n';
  const { post } = await create({ title: ' Vases ', slug: 'x'.repeat(100), body });
  expect(post).toMatchObject({ storeId: 'store-a', title: 'Vases', body, slug: 'x'.repeat(100) });
  expect(await blog.find({ id: post!.id.toUpperCase() })).toEqual(post);
  expect(await blog.find({ slug: post!.slug })).toEqual(post);
  expect((await create({ slug: 'longest', body: '🏺'.repeat(100_000) })).userErrors).toEqual([]);
});

test('derives a slug from the title, with a number if it is in use', async () => {
  const storeId = 'store-slugs';
  const slugs = async (count: number) => {
    const made: (string | undefined)[] = [];
    for (let index = 0; index < count; index += 1) {
      made.push((await create({ title: 'Über Köln' }, storeId)).post?.slug);
    }
    return made;
  };
  expect(await slugs(2)).toEqual(['ueber-koeln', 'ueber-koeln-2']);
  await create({ slug: 'ueber-koeln-3' }, storeId);
  expect(await slugs(1)).toEqual(['ueber-koeln-4']);
  const { post } = await create({ title: 'Über Köln', slug: null }, storeId);
  expect(post?.slug).toBe('ueber-koeln-5');
});

test('stores titles and alternative texts in one form, and both spellings make one slug', async () => {
  const storeId = 'store-forms';
  const [composed, decomposed] = ['Caf\u00E9', 'Cafe\u0301'];
  const { post } = await create({ title: decomposed }, storeId);
  expect(post).toMatchObject({ title: composed, slug: 'cafe' });
  expect((await create({ title: composed }, storeId)).post?.slug).toBe('cafe-2');
  const { id } = post!;
  const renamed = await blog.change('updatePost', { id, title: `${decomposed} 2` }, { storeId });
  expect(renamed.post?.title).toBe(`${composed} 2`);
  const mediaId = blog.cms.add({}, storeId);
  const attached = await blog.change(
    'attachMediaToPost',
    { postId: id, mediaId, altText: `${decomposed} ♥` },
    { storeId },
  );
  expect(attached.postMedia?.altText).toBe(`${composed} ♥`);
});

test('titles that exist get their normal form', async () => {
  const { id } = await blog.newPost();
  await blog.pool.query("UPDATE posts SET title = U&'Cafe\\0301' WHERE id = $1", [id]);
  await blog.repeatMigration('20261129100000_normal_forms');
  expect(await blog.find({ id })).toMatchObject({ title: 'Caf\u00E9' });
});

test('twenty concurrent posts with the same title get different slugs', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => create({ title: 'A race' })));
  expect(results.flatMap(rejectionOf)).toEqual([]);
  expect(new Set(results.map(({ post }) => post?.slug))).toEqual(
    new Set(['a-race', ...Array.from({ length: 19 }, (_none, index) => `a-race-${index + 2}`)]),
  );
});

test('accepts a given slug that is not in use in the store, and rejects one that is', async () => {
  expect(rejectionOf(await create({ slug: 'mine' }))).toEqual([]);
  expect(rejectionOf(await create({ slug: 'mine' }))).toEqual(['SLUG_TAKEN input.slug']);
  expect(rejectionOf(await create({ slug: 'mine' }, 'store-b'))).toEqual([]);
  const { id, slug } = await blog.newPost();
  const update = await blog.change('updatePost', { id, slug: 'mine', title: 'Never' });
  expect(rejectionOf(update)).toEqual(['SLUG_TAKEN input.slug']);
  expect(await blog.find({ id })).toMatchObject({ slug, title: 'A post' });
});

test('finds a post by exactly one of id and slug', async () => {
  const { id, slug } = await blog.newPost();
  for (const args of ['', `(id: "${id}", slug: "${slug}")`, '(id: null)', '(slug: null)']) {
    expect(await blog.errorsOf(`{ post${args} { id } }`)).toEqual(['BAD_USER_INPUT']);
  }
  expect(await blog.find({ id }, 'store-b')).toBeNull();
  expect(await blog.find({ slug }, 'store-b')).toBeNull();
  for (const by of [{ id: newId() }, { id: 'x' }, { slug: 'unknown' }, { slug: 'a\0b' }]) {
    expect(await blog.find(by)).toBeNull();
  }
});

test('an update changes only the given fields, and cannot clear any', async () => {
  const post = await blog.newPost('Before');
  const { id, slug } = post;
  const update = (input: object) => blog.change('updatePost', { id, ...input });
  expect((await update({})).post).toEqual(post);
  for (const field of ['title', 'slug', 'body']) {
    expect(rejectionOf(await update({ [field]: null }))).toEqual([`INVALID input.${field}`]);
  }
  expect(rejectionOf(await update({ slug: 'A', title: 'x' }))).toEqual(['INVALID input.slug']);
  expect(await blog.find({ id })).toEqual(post);

  const renamed = await update({ title: ' After ' });
  expect(renamed.post).toMatchObject({ title: 'After', slug, body: 'Words' });
  expect((await update({ slug })).post).toMatchObject({ title: 'After', slug });
  expect((await update({ slug: 'after', body: 'More' })).post).toMatchObject({
    title: 'After',
    slug: 'after',
    body: 'More',
  });
  expect(await blog.find({ slug })).toBeNull();
  for (const unknown of [newId(), 'x']) {
    const refused = await blog.change('updatePost', { id: unknown, title: 'x' });
    expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  }
  const foreign = await blog.change('updatePost', { id, title: 'x' }, { storeId: 'store-b' });
  expect(rejectionOf(foreign)).toEqual(['NOT_FOUND input.id']);
});

test('a deleted post releases its files and its slug, once', async () => {
  const { id, slug } = await blog.newPost('Short-lived');
  const { mediaId } = await blog.attachNew(id, 'COVER');
  const foreign = await blog.change('deletePost', { id }, { storeId: 'store-b' });
  expect(rejectionOf(foreign)).toEqual(['NOT_FOUND input.id']);
  expect((await blog.change('deletePost', { id })).deletedId).toBe(id);
  await expect.poll(() => blog.cms.usagesOf(mediaId)).toEqual([]);
  expect((await blog.newPost('Short-lived')).slug).toBe(slug);
  for (const unknown of [id, newId(), 'x']) {
    const again = await blog.change('deletePost', { id: unknown });
    expect(rejectionOf(again)).toEqual(['NOT_FOUND input.id']);
  }
});

test('a caller without the scope reads and writes nothing', async () => {
  const read = '{ posts { nodes { id } } }';
  expect(await blog.errorsOf(read, { scope: 'blog:write media:read' })).toEqual(['FORBIDDEN']);
  const write = 'mutation { deletePost(input: { id: "x" }) { deletedId userErrors { code } } }';
  expect(await blog.errorsOf(write, { scope: 'blog:read' })).toEqual(['FORBIDDEN']);
});
