import { beforeAll, expect, test } from 'vitest';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';
import { type Shop, createShop } from './support/shop.ts';

let stack: SharedStack;
let graph: Graph;
let shop: Shop;
let mediaId: string;
let product: string;
let artwork: string;
let post: string;

beforeAll(async () => {
  stack = await openSharedStack();
  graph = await openGraph(stack, 'shared-file');
  shop = createShop(graph);
  mediaId = (await graph.upload(await plainJpeg(120))).mediaFile!.id;
  [product, artwork, post] = await Promise.all([shop.product(), shop.artwork(), shop.post()]);
});

/** Changes reach consumers within a second if the machine is idle. */
const SOON = { timeout: 15_000, interval: 100 };

/** The file in all three, after its changes have reached them. */
const everywhere = (files: string[]) =>
  expect
    .poll(
      () => Promise.all([shop.onProduct(product), shop.onArtwork(artwork), shop.inPost(post)]),
      SOON,
    )
    .toEqual([files, files, files]);

// One file in three subgraphs. The tests depend on their order.

test('a product, an artwork and a post use one file, and the CMS counts three usages', async () => {
  expect(await shop.attach(product, mediaId)).toEqual([]);
  expect(await shop.hang(artwork, mediaId)).toEqual([]);
  expect(await shop.illustrate(post, mediaId)).toEqual([]);
  await everywhere([mediaId]);
  expect(await shop.usageCount(mediaId)).toBe(3);
});

test('its deletion is rejected with all three usages', async () => {
  const { data } = await graph.ask(
    `mutation ($id: ID!) {
      deleteMedia(input: { id: $id }) {
        mediaFile { trashedAt } usages { consumer entityType entityId } userErrors { code field }
      }
    }`,
    { id: mediaId },
  );
  const usages = expect.arrayContaining([
    { consumer: 'catalog', entityType: 'Product', entityId: product },
    { consumer: 'art-gallery', entityType: 'Artwork', entityId: artwork },
    { consumer: 'blog', entityType: 'Post', entityId: post },
  ]);
  expect(data).toMatchObject({
    deleteMedia: { usages, userErrors: [{ code: 'MEDIA_IN_USE', field: ['input', 'id'] }] },
  });
  await everywhere([mediaId]);
});

test('a renamed product is shown under its new name, also by the reason why the file cannot be deleted', async () => {
  const labels = async () => {
    const query = 'query ($id: ID!) { mediaFile(id: $id) { usages { nodes { label url } } } }';
    return (await graph.ask(query, { id: mediaId })).data?.['mediaFile'];
  };
  const labelled = (name: string) => ({
    usages: {
      nodes: expect.arrayContaining([
        { label: `Product: ${name}`, url: null },
        { label: 'Artwork: A painting', url: null },
        { label: 'Post: A story', url: null },
      ]),
    },
  });
  expect(await labels()).toEqual(labelled('A chair'));
  expect(await shop.rename(product, 'Reading lamp')).toEqual([]);
  await expect.poll(labels, SOON).toEqual(labelled('Reading lamp'));

  const { data } = await graph.ask(
    'mutation ($id: ID!) { deleteMedia(input: { id: $id }) { userErrors { code message } } }',
    { id: mediaId },
  );
  const message = expect.stringContaining('Product: Reading lamp');
  expect(data).toEqual({ deleteMedia: { userErrors: [{ code: 'MEDIA_IN_USE', message }] } });
});

test('after a forced deletion all three hide it, and the claims remain', async () => {
  expect(await shop.trash(mediaId, { force: true })).toEqual([]);
  await everywhere([]);
  expect(await shop.usageCount(mediaId)).toBe(3);
});

test('in the trash it cannot be attached', async () => {
  expect(await shop.attach(await shop.product(), mediaId)).toEqual(['MEDIA_NOT_FOUND']);
});

test('restored, it is back in all three', async () => {
  expect(await shop.restore(mediaId)).toEqual([]);
  await everywhere([mediaId]);
});

test('a purge removes it and its counts', async () => {
  await shop.trash(mediaId, { force: true });
  expect(await shop.purge(mediaId)).toEqual([]);
  await everywhere([]);
  expect(await shop.usageCount(mediaId)).toBeUndefined();
  // Until the change has reached it, the product has the hidden file.
  await expect.poll(() => shop.attach(product, mediaId), SOON).toEqual(['MEDIA_NOT_FOUND']);
});
