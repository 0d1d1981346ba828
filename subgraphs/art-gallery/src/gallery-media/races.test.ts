import { rejectionOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type Artwork, type TestGallery, useTestGallery, usagesOf } from '../testing/gallery.ts';

let gallery: TestGallery;
useTestGallery((opened) => {
  gallery = opened;
});

const attach = (input: object) => gallery.change('attachMediaToArtwork', input);
const orderOf = (artwork: Artwork | null) =>
  artwork!.mediaAssociations
    .map(({ displayOrder }) => displayOrder)
    .toSorted((one, other) => one - other);

test('of twenty concurrent changes of the primary file all succeed and one remains', async () => {
  const artworkId = await gallery.newArtwork();
  const made = await gallery.attachNew(artworkId, 20);
  const results = await Promise.all(
    made.map(({ mediaId }) => gallery.change('setPrimaryArtworkMedia', { artworkId, mediaId })),
  );
  expect(results.flatMap(rejectionOf)).toEqual([]);
  for (const { artwork } of results) {
    expect(artwork!.mediaAssociations.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  }
  const artwork = await gallery.find(artworkId);
  expect(artwork!.mediaAssociations.map(({ isPrimary }) => isPrimary)).toEqual([
    true,
    ...Array(19).fill(false),
  ]);
  expect(orderOf(artwork)).toEqual([...Array(20).keys()]);
});

test('of twenty concurrently attached primary files all are attached and one remains primary', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaIds = Array.from({ length: 20 }, () => gallery.cms.add());
  const results = await Promise.all(
    mediaIds.map((mediaId) => attach({ artworkId, mediaId, isPrimary: true })),
  );
  expect(results.flatMap(rejectionOf)).toEqual([]);
  const artwork = await gallery.find(artworkId);
  expect(artwork!.mediaAssociations.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  expect(orderOf(artwork)).toEqual([...Array(20).keys()]);
});

test('of ten concurrent requests to attach the same file one succeeds, and one usage stays claimed', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  const results = await Promise.all(
    Array.from({ length: 10 }, () => attach({ artworkId, mediaId })),
  );
  expect(results.flatMap(rejectionOf)).toEqual(Array(9).fill('ALREADY_ATTACHED input.mediaId'));
  const [usage] = (await gallery.find(artworkId))!.mediaAssociations;
  await expect.poll(() => gallery.cms.usagesOf(mediaId)).toEqual([usage!.id]);
});

test('the order has no gaps after concurrent attaching, detaching, moving and choosing', async () => {
  const artworkId = await gallery.newArtwork();
  const made = await gallery.attachNew(artworkId, 8);
  await Promise.all([
    ...made
      .slice(0, 3)
      .map(({ mediaId }) => gallery.change('setPrimaryArtworkMedia', { artworkId, mediaId })),
    ...made
      .slice(3, 5)
      .map(({ mediaId }) => gallery.change('detachMediaFromArtwork', { artworkId, mediaId })),
    ...made
      .slice(5)
      .map(({ usageId }) => gallery.change('updateGalleryMedia', { id: usageId, displayOrder: 0 })),
    ...Array.from({ length: 5 }, () => attach({ artworkId, mediaId: gallery.cms.add() })),
  ]);
  const artwork = await gallery.find(artworkId);
  expect(orderOf(artwork)).toEqual([...Array(11).keys()]);
  expect(artwork!.mediaAssociations.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
});

test('an artwork that is deleted during the claim is unknown, and the claim is released', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  gallery.cms.state.whileClaiming = async () => {
    gallery.cms.state.whileClaiming = null;
    await gallery.change('deleteArtwork', { id: artworkId });
  };
  const refused = await attach({ artworkId, mediaId });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.artworkId']);
  await expect.poll(() => gallery.cms.usagesOf(mediaId)).toEqual([]);
});

test('a file that another request attaches during the claim is reported as already attached', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  gallery.cms.state.whileClaiming = async () => {
    gallery.cms.state.whileClaiming = null;
    await attach({ artworkId, mediaId });
  };
  expect(rejectionOf(await attach({ artworkId, mediaId }))).toEqual([
    'ALREADY_ATTACHED input.mediaId',
  ]);
  await expect.poll(() => gallery.cms.usagesOf(mediaId)).toHaveLength(1);
});

test('hides files in the trash, keeps their positions, shows restored ones, removes purged ones', async () => {
  const artworkId = await gallery.newArtwork();
  const [first, second, third] = await gallery.attachNew(artworkId, 3);
  const before = await gallery.find(artworkId);
  const usages = async () => usagesOf(await gallery.find(artworkId));

  gallery.cms.trash(first!.mediaId);
  gallery.cms.trash(second!.mediaId);
  await expect.poll(usages).toEqual([`2 ${third!.mediaId}`]);
  expect((await gallery.find(artworkId))?.primaryMedia).toBeNull();
  const moved = { id: third!.usageId, displayOrder: 0 };
  expect(usagesOf((await gallery.change('updateGalleryMedia', moved)).artwork)).toEqual([
    `0 ${third!.mediaId}`,
  ]);
  await gallery.change('updateGalleryMedia', { id: third!.usageId, displayOrder: 2 });

  gallery.cms.restore(first!.mediaId);
  gallery.cms.restore(second!.mediaId);
  await expect.poll(() => gallery.find(artworkId)).toEqual(before);

  gallery.cms.trash(first!.mediaId);
  gallery.cms.purge(first!.mediaId);
  await expect.poll(usages).toEqual([`0 ${second!.mediaId}`, `1 ${third!.mediaId}`]);
});

test('the database enforces one primary file and valid positions', async () => {
  const artworkId = await gallery.newArtwork();
  const [{ mediaId } = { mediaId: '' }] = await gallery.attachNew(artworkId, 1);
  const insert = (media: string, isPrimary: boolean, order: number) =>
    gallery.pool.query(
      `INSERT INTO gallery_media (id, store_id, artwork_id, media_id, is_primary, display_order)
       VALUES ($1, 'store-a', $2, $3, $4, $5)`,
      [newId(), artworkId, media, isPrimary, order],
    );
  await expect(insert(newId(), true, 1)).rejects.toThrow('gallery_media_primary_key');
  await expect(insert(mediaId, false, 1)).rejects.toThrow('gallery_media_artwork_id_media_id_key');
  await expect(insert(newId(), false, -1)).rejects.toThrow('gallery_media_display_order_check');
});
