import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  rejectionOf,
  otherCaller,
  useTestCatalog,
  usagesOf,
} from '../testing/catalog.ts';
import { USAGE_TYPES } from './usages.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

const setMain = (productId: string, mediaId: string) =>
  catalog.productMedia.setMainImage(caller, { productId, mediaId });

test('keeps the main image for unknown products, unknown files, videos and an unavailable CMS', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId } = await catalog.attachNew(id, 'MAIN_IMAGE');
  const film = catalog.cms.add({ mediaType: 'VIDEO' });
  expect(rejectionOf(await setMain(newId(), mediaId))).toEqual(['NOT_FOUND input.productId']);
  expect(rejectionOf(await setMain(id, newId()))).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  expect(rejectionOf(await setMain(id, film))).toEqual(['MEDIA_TYPE_NOT_ALLOWED input.mediaId']);
  const theirs = { productId: id, mediaId: catalog.cms.add({}, otherCaller.storeId) };
  const refused = await catalog.productMedia.setMainImage(otherCaller, theirs);
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.productId']);
  catalog.cms.state.isDown = true;
  expect(rejectionOf(await setMain(id, catalog.cms.add()))).toEqual([
    'MEDIA_UNAVAILABLE input.mediaId',
  ]);
  expect(usagesOf(await catalog.read(id))).toEqual([`MAIN_IMAGE 0 ${mediaId}`]);
});

test('a video in the gallery does not become the main image', async () => {
  const { id } = await catalog.newProduct();
  const film = catalog.cms.add({ mediaType: 'VIDEO' });
  await catalog.productMedia.attach(caller, { productId: id, mediaId: film });
  expect(rejectionOf(await setMain(id, film))).toEqual(['MEDIA_TYPE_NOT_ALLOWED input.mediaId']);
  expect(usagesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${film}`]);
});

test('attaches a new file, and moves the former main image to the front of the gallery', async () => {
  const { id } = await catalog.newProduct();
  const former = await catalog.attachNew(id, 'MAIN_IMAGE');
  const inGallery = await catalog.attachNew(id);
  const mediaId = catalog.cms.add();
  const { productMedia, product } = await setMain(id, mediaId);
  const stored = await catalog.read(id);
  expect(usagesOf(stored)).toEqual([
    `MAIN_IMAGE 0 ${mediaId}`,
    `GALLERY 0 ${former.mediaId}`,
    `GALLERY 1 ${inGallery.mediaId}`,
  ]);
  expect(product).toEqual(stored);
  expect(productMedia).toMatchObject({ mediaId, usageType: 'MAIN_IMAGE', displayOrder: 0 });
});

test('a usage in the gallery becomes the main image and keeps its id and text', async () => {
  const { id } = await catalog.newProduct();
  await catalog.attachNew(id);
  const chosen = await catalog.attachNew(id);
  await catalog.attachNew(id);
  await catalog.productMedia.update(caller, { id: chosen.usageId, altText: 'The best side' });
  const { productMedia } = await setMain(id, chosen.mediaId);
  expect(productMedia).toMatchObject({ id: chosen.usageId, altText: 'The best side' });
  const { usages } = await catalog.read(id);
  expect(usages.map(({ displayOrder }) => displayOrder)).toEqual([0, 0, 1]);
  expect(usages.filter(({ mediaId }) => mediaId === chosen.mediaId)).toHaveLength(1);
});

test('a former main image that is also in the gallery keeps its position there', async () => {
  const { id } = await catalog.newProduct();
  const other = await catalog.attachNew(id);
  const former = await catalog.attachNew(id, 'MAIN_IMAGE');
  await catalog.productMedia.attach(caller, { productId: id, mediaId: former.mediaId });
  const mediaId = catalog.cms.add();
  await setMain(id, mediaId);
  expect(usagesOf(await catalog.read(id))).toEqual([
    `MAIN_IMAGE 0 ${mediaId}`,
    `GALLERY 0 ${other.mediaId}`,
    `GALLERY 1 ${former.mediaId}`,
  ]);
});

test('setting the current main image changes nothing, not even in the gallery', async () => {
  const { id } = await catalog.newProduct();
  const main = await catalog.attachNew(id, 'MAIN_IMAGE');
  await catalog.productMedia.attach(caller, { productId: id, mediaId: main.mediaId });
  const before = await catalog.read(id);
  const { productMedia, userErrors } = await setMain(id, main.mediaId);
  expect(userErrors).toEqual([]);
  expect(productMedia?.id).toBe(main.usageId);
  expect((await catalog.read(id)).usages).toEqual(before.usages);
});

test('attaching as MAIN_IMAGE does the same, and sets a text', async () => {
  const { id } = await catalog.newProduct();
  const former = await catalog.attachNew(id, 'MAIN_IMAGE');
  const inGallery = await catalog.attachNew(id);
  const input = { productId: id, mediaId: inGallery.mediaId, usageType: 'MAIN_IMAGE' } as const;
  await catalog.productMedia.attach(caller, { ...input, altText: 'In front' });
  const { userErrors } = await catalog.productMedia.attach(caller, input);
  expect(userErrors).toEqual([]);
  const stored = await catalog.read(id);
  expect(usagesOf(stored)).toEqual([
    `MAIN_IMAGE 0 ${inGallery.mediaId}`,
    `GALLERY 0 ${former.mediaId}`,
  ]);
  expect(stored.usages[0]).toMatchObject({ id: inGallery.usageId, altText: 'In front' });
});

test('a full product still accepts a main image from its gallery', async () => {
  const { id } = await catalog.newProduct();
  const items = (count: number) =>
    Array.from({ length: count }, () => ({ mediaId: catalog.cms.add() }));
  for (const count of [100, 100, 50]) {
    await catalog.productMedia.attachMany(caller, { productId: id, items: items(count) });
  }
  const { usages } = await catalog.read(id);
  expect(rejectionOf(await setMain(id, given(usages[120]).mediaId))).toEqual([]);
  expect(rejectionOf(await setMain(id, catalog.cms.add()))).toEqual(['INVALID input']);
  expect((await catalog.read(id)).usages).toHaveLength(250);
});

test('of twenty concurrent changes of the main image all succeed and one remains', async () => {
  const { id } = await catalog.newProduct();
  const mediaIds = Array.from({ length: 20 }, () => catalog.cms.add());
  await catalog.attachNew(id, 'MAIN_IMAGE');
  const results = await Promise.all(mediaIds.map((mediaId) => setMain(id, mediaId)));
  expect(results.flatMap(rejectionOf)).toEqual([]);
  const { usages } = await catalog.read(id);
  expect(usages.filter(({ usageType }) => usageType === 'MAIN_IMAGE')).toHaveLength(1);
  expect(usages.map(({ displayOrder }) => displayOrder)).toEqual([0, ...Array(20).keys()]);
  expect(new Set(usages.map(({ mediaId }) => mediaId)).size).toBe(21);
});

test('the order has no gaps after concurrent attaching, detaching, moving and choosing', async () => {
  const { id } = await catalog.newProduct();
  const known = await Promise.all(Array.from({ length: 8 }, () => catalog.attachNew(id)));
  await Promise.all([
    ...known.slice(0, 3).map(({ mediaId }) => setMain(id, mediaId)),
    ...known
      .slice(3, 5)
      .map(({ mediaId }) => catalog.productMedia.detach(caller, { productId: id, mediaId })),
    ...known.slice(5).map(({ usageId }) =>
      catalog.productMedia.reorder(caller, {
        productId: id,
        moves: [{ id: usageId, newPosition: 0 }],
      }),
    ),
    ...known
      .slice(5)
      .map(({ usageId }) =>
        catalog.productMedia.update(caller, { id: usageId, usageType: 'MAIN_IMAGE' }),
      ),
    ...Array.from({ length: 5 }, () => catalog.attachNew(id)),
  ]);
  const { usages } = await catalog.read(id);
  for (const usageType of USAGE_TYPES) {
    const row = usages.filter((usage) => usage.usageType === usageType);
    expect(row.map(({ displayOrder }) => displayOrder)).toEqual([...row.keys()]);
  }
  expect(usages.filter(({ usageType }) => usageType === 'MAIN_IMAGE')).toHaveLength(1);
  expect(usages).toHaveLength(11);
});

test('of ten concurrent requests to attach the same file one succeeds', async () => {
  const { id } = await catalog.newProduct();
  const input = { productId: id, mediaId: catalog.cms.add() };
  const results = await Promise.all(
    Array.from({ length: 10 }, () => catalog.productMedia.attach(caller, input)),
  );
  const refusals = results.flatMap(rejectionOf);
  expect(refusals).toEqual(Array(9).fill('ALREADY_ATTACHED input.mediaId'));
  expect((await catalog.read(id)).usages).toHaveLength(1);
});
