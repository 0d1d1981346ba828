import { refusalOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type Artwork, type TestGallery, useTestGallery, usesOf } from '../testing/gallery.ts';

let gallery: TestGallery;
useTestGallery((opened) => {
  gallery = opened;
});

const attach = (input: object) => gallery.change('attachMediaToArtwork', input);
const orderOf = (artwork: Artwork | null) =>
  artwork!.mediaAssociations
    .map(({ displayOrder }) => displayOrder)
    .toSorted((one, other) => one - other);

test('of twenty who choose the primary one at once everyone succeeds and one is left', async () => {
  const artworkId = await gallery.newArtwork();
  const made = await gallery.attachNew(artworkId, 20);
  const results = await Promise.all(
    made.map(({ mediaId }) => gallery.change('setPrimaryArtworkMedia', { artworkId, mediaId })),
  );
  expect(results.flatMap(refusalOf)).toEqual([]);
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

test('of twenty who attach a primary one at once everyone succeeds and one is left', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaIds = Array.from({ length: 20 }, () => gallery.cms.add());
  const results = await Promise.all(
    mediaIds.map((mediaId) => attach({ artworkId, mediaId, isPrimary: true })),
  );
  expect(results.flatMap(refusalOf)).toEqual([]);
  const artwork = await gallery.find(artworkId);
  expect(artwork!.mediaAssociations.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  expect(orderOf(artwork)).toEqual([...Array(20).keys()]);
});

test('of ten who attach the same file at once one succeeds, and one use stays claimed', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  const results = await Promise.all(
    Array.from({ length: 10 }, () => attach({ artworkId, mediaId })),
  );
  expect(results.flatMap(refusalOf)).toEqual(Array(9).fill('ALREADY_ATTACHED input.mediaId'));
  const [use] = (await gallery.find(artworkId))!.mediaAssociations;
  await expect.poll(() => gallery.cms.usagesOf(mediaId)).toEqual([use!.id]);
});

test('whoever attaches, detaches, moves and chooses at once, the order has no gaps', async () => {
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
      .map(({ useId }) => gallery.change('updateGalleryMedia', { id: useId, displayOrder: 0 })),
    ...Array.from({ length: 5 }, () => attach({ artworkId, mediaId: gallery.cms.add() })),
  ]);
  const artwork = await gallery.find(artworkId);
  expect(orderOf(artwork)).toEqual([...Array(11).keys()]);
  expect(artwork!.mediaAssociations.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
});

test('an artwork deleted while the CMS is asked is unknown, and what was claimed is released', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  gallery.cms.state.whileClaiming = async () => {
    gallery.cms.state.whileClaiming = null;
    await gallery.change('deleteArtwork', { id: artworkId });
  };
  const refused = await attach({ artworkId, mediaId });
  expect(refusalOf(refused)).toEqual(['NOT_FOUND input.artworkId']);
  await expect.poll(() => gallery.cms.usagesOf(mediaId)).toEqual([]);
});

test('a file attached by somebody else while the CMS is asked is attached already', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  gallery.cms.state.whileClaiming = async () => {
    gallery.cms.state.whileClaiming = null;
    await attach({ artworkId, mediaId });
  };
  expect(refusalOf(await attach({ artworkId, mediaId }))).toEqual([
    'ALREADY_ATTACHED input.mediaId',
  ]);
  await expect.poll(() => gallery.cms.usagesOf(mediaId)).toHaveLength(1);
});

test('files in the trash leave, keep their place, and come back; purged ones are forgotten', async () => {
  const artworkId = await gallery.newArtwork();
  const [first, second, third] = await gallery.attachNew(artworkId, 3);
  const before = await gallery.find(artworkId);
  const uses = async () => usesOf(await gallery.find(artworkId));

  gallery.cms.trash(first!.mediaId);
  gallery.cms.trash(second!.mediaId);
  await expect.poll(uses).toEqual([`2 ${third!.mediaId}`]);
  expect((await gallery.find(artworkId))?.primaryMedia).toBeNull();
  const moved = { id: third!.useId, displayOrder: 0 };
  expect(usesOf((await gallery.change('updateGalleryMedia', moved)).artwork)).toEqual([
    `0 ${third!.mediaId}`,
  ]);
  await gallery.change('updateGalleryMedia', { id: third!.useId, displayOrder: 2 });

  gallery.cms.restore(first!.mediaId);
  gallery.cms.restore(second!.mediaId);
  await expect.poll(() => gallery.find(artworkId)).toEqual(before);

  gallery.cms.trash(first!.mediaId);
  gallery.cms.purge(first!.mediaId);
  await expect.poll(uses).toEqual([`0 ${second!.mediaId}`, `1 ${third!.mediaId}`]);
});

test('the database has the last word on the primary one and on places', async () => {
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
