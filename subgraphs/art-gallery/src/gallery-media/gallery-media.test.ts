import { rejectionOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type TestGallery, useTestGallery, usagesOf } from '../testing/gallery.ts';

let gallery: TestGallery;
useTestGallery((opened) => {
  gallery = opened;
});

const attach = (input: object) => gallery.change('attachMediaToArtwork', input);

test('attaches files last unless a position is given, and claims each', async () => {
  const artworkId = await gallery.newArtwork();
  const [a, b, c, d] = [1, 2, 3, 4].map(() => gallery.cms.add());
  for (const mediaId of [a, b]) await attach({ artworkId, mediaId });
  await attach({ artworkId, mediaId: c, displayOrder: 0 });
  const { galleryMedia, artwork } = await attach({
    artworkId,
    mediaId: d!.toUpperCase(),
    displayOrder: 99,
    caption: ' Signed ',
  });
  expect(galleryMedia).toMatchObject({
    isPrimary: false,
    caption: 'Signed',
    displayOrder: 3,
    media: { id: d },
  });
  expect(usagesOf(artwork)).toEqual([`0 ${c}`, `1 ${a}`, `2 ${b}`, `3 ${d}`]);
  expect(await gallery.find(artworkId)).toEqual(artwork);
  expect(gallery.cms.usagesOf(d!)).toEqual([galleryMedia!.id]);
});

test('the primary file is listed first and keeps its position when another one replaces it', async () => {
  const artworkId = await gallery.newArtwork();
  const [a, b, c] = [1, 2, 3].map(() => gallery.cms.add());
  await attach({ artworkId, mediaId: a });
  await attach({ artworkId, mediaId: b, isPrimary: true });
  const { artwork } = await attach({ artworkId, mediaId: c, isPrimary: true });
  expect(usagesOf(artwork)).toEqual([`2 ${c} *`, `0 ${a}`, `1 ${b}`]);
  expect(await gallery.find(artworkId)).toEqual(artwork);

  const back = await gallery.change('setPrimaryArtworkMedia', { artworkId, mediaId: b });
  expect(back.galleryMedia).toMatchObject({ isPrimary: true, displayOrder: 1 });
  expect(usagesOf(back.artwork)).toEqual([`1 ${b} *`, `0 ${a}`, `2 ${c}`]);
  expect(back.artwork?.primaryMedia).toEqual({ id: back.galleryMedia?.id });
  expect(await gallery.find(artworkId)).toEqual(back.artwork);
});

test('rejects what cannot be attached, and claims nothing', async () => {
  const artworkId = await gallery.newArtwork();
  const mediaId = gallery.cms.add();
  const [failed, foreign] = [gallery.cms.add({ status: 'FAILED' }), gallery.cms.add({}, 'store-b')];
  const refusals = async (more: object) =>
    rejectionOf(await attach({ artworkId, mediaId, ...more }));
  expect(await refusals({ artworkId: newId() })).toEqual(['NOT_FOUND input.artworkId']);
  expect(await refusals({ artworkId: 'x' })).toEqual(['NOT_FOUND input.artworkId']);
  for (const unknown of [newId(), 'x', '', foreign]) {
    expect(await refusals({ mediaId: unknown })).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  }
  expect(await refusals({ mediaId: failed })).toEqual(['MEDIA_NOT_READY input.mediaId']);
  expect(await refusals({ displayOrder: -1 })).toEqual(['INVALID input.displayOrder']);
  expect(await refusals({ caption: 'x'.repeat(501) })).toEqual(['INVALID input.caption']);
  gallery.cms.state.isDown = true;
  expect(await refusals({})).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  gallery.cms.state.isDown = false;

  const stranger = { storeId: 'store-b' };
  const theirs = await gallery.change(
    'attachMediaToArtwork',
    { artworkId, mediaId: foreign },
    stranger,
  );
  expect(rejectionOf(theirs)).toEqual(['NOT_FOUND input.artworkId']);
  expect(usagesOf(await gallery.find(artworkId))).toEqual([]);
  for (const id of [mediaId, failed, foreign]) {
    await expect.poll(() => gallery.cms.usagesOf(id)).toEqual([]);
  }
});

test('rejects an attached file, with and without the CMS, and claims nothing new', async () => {
  const artworkId = await gallery.newArtwork();
  const [{ mediaId } = { mediaId: '' }] = await gallery.attachNew(artworkId, 1);
  const claimed = gallery.cms.usagesOf(mediaId);
  for (const isDown of [false, true]) {
    gallery.cms.state.isDown = isDown;
    const refused = await attach({ artworkId, mediaId, isPrimary: true });
    expect(rejectionOf(refused)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  }
  gallery.cms.state.isDown = false;
  expect(gallery.cms.usagesOf(mediaId)).toEqual(claimed);
});

test('an attached file does not exist as soon as it is trashed or purged, before the feed reports it', async () => {
  const artworkId = await gallery.newArtwork();
  const [{ mediaId } = { mediaId: '' }] = await gallery.attachNew(artworkId, 1);
  const again = async () => rejectionOf(await attach({ artworkId, mediaId }));
  gallery.cms.state.isFeedHeld = true;
  gallery.cms.trash(mediaId);
  expect(await again()).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  gallery.cms.restore(mediaId);
  expect(await again()).toEqual(['ALREADY_ATTACHED input.mediaId']);
  gallery.cms.trash(mediaId);
  gallery.cms.purge(mediaId);
  expect(await again()).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  expect(usagesOf(await gallery.find(artworkId))).toHaveLength(1);
  gallery.cms.state.isFeedHeld = false;
  await expect.poll(async () => usagesOf(await gallery.find(artworkId))).toEqual([]);
});

test('a hidden file does not exist while the CMS is down', async () => {
  const artworkId = await gallery.newArtwork();
  const [{ mediaId } = { mediaId: '' }] = await gallery.attachNew(artworkId, 1);
  gallery.cms.trash(mediaId);
  await expect.poll(async () => usagesOf(await gallery.find(artworkId))).toEqual([]);
  gallery.cms.state.isDown = true;
  expect(rejectionOf(await attach({ artworkId, mediaId }))).toEqual([
    'MEDIA_NOT_FOUND input.mediaId',
  ]);
  gallery.cms.state.isDown = false;
});

test('accepts videos, and no files that are not verified yet', async () => {
  const artworkId = await gallery.newArtwork();
  const film = gallery.cms.add({ mediaType: 'VIDEO' });
  expect((await attach({ artworkId, mediaId: film })).userErrors).toEqual([]);
  const unverified = gallery.cms.add({ mediaType: 'VIDEO', status: 'PROCESSING' });
  expect(rejectionOf(await attach({ artworkId, mediaId: unverified }))).toEqual([
    'MEDIA_NOT_READY input.mediaId',
  ]);
});

test('an artwork uses at most 250 files', async () => {
  const artworkId = await gallery.newArtwork();
  await gallery.pool.query(
    `INSERT INTO gallery_media (id, store_id, artwork_id, media_id, is_primary, display_order)
     SELECT gen_random_uuid(), 'store-a', $1, gen_random_uuid(), false, n FROM generate_series(0, 249) AS n`,
    [artworkId],
  );
  const refused = await attach({ artworkId, mediaId: gallery.cms.add() });
  expect(rejectionOf(refused)).toEqual(['INVALID input']);
});

test('detaching closes the gap, releases the file, and may leave no primary one', async () => {
  const artworkId = await gallery.newArtwork();
  const [first, second, third] = await gallery.attachNew(artworkId, 3);
  const detach = (mediaId: string) =>
    gallery.change('detachMediaFromArtwork', { artworkId, mediaId });
  const { artwork } = await detach(first!.mediaId.toUpperCase());
  expect(usagesOf(artwork)).toEqual([`0 ${second!.mediaId}`, `1 ${third!.mediaId}`]);
  expect(artwork?.primaryMedia).toBeNull();
  expect(await gallery.find(artworkId)).toEqual(artwork);
  await expect.poll(() => gallery.cms.usagesOf(first!.mediaId)).toEqual([]);
  for (const mediaId of [first!.mediaId, newId(), 'x']) {
    expect(rejectionOf(await detach(mediaId))).toEqual(['NOT_ATTACHED input.mediaId']);
  }
  const unknown = { artworkId: newId(), mediaId: second!.mediaId };
  expect(rejectionOf(await gallery.change('detachMediaFromArtwork', unknown))).toEqual([
    'NOT_FOUND input.artworkId',
  ]);
});

test('only an attached file that is not in the trash can become the primary one', async () => {
  const artworkId = await gallery.newArtwork();
  const [first, second] = await gallery.attachNew(artworkId, 2);
  const setPrimary = async (input: object) =>
    rejectionOf(await gallery.change('setPrimaryArtworkMedia', { artworkId, ...input }));
  expect(await setPrimary({ mediaId: gallery.cms.add() })).toEqual(['NOT_ATTACHED input.mediaId']);
  expect(await setPrimary({ mediaId: first!.mediaId, artworkId: newId() })).toEqual([
    'NOT_FOUND input.artworkId',
  ]);
  gallery.cms.trash(second!.mediaId);
  await expect.poll(async () => usagesOf(await gallery.find(artworkId))).toHaveLength(1);
  expect(await setPrimary({ mediaId: second!.mediaId })).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
  expect(usagesOf(await gallery.find(artworkId))).toEqual([`0 ${first!.mediaId} *`]);
});

test('an update changes only the given fields', async () => {
  const artworkId = await gallery.newArtwork();
  const [first, second, third] = await gallery.attachNew(artworkId, 3);
  const update = (input: object) =>
    gallery.change('updateGalleryMedia', { id: second!.usageId, ...input });
  expect((await update({ caption: ' Detail ' })).galleryMedia).toMatchObject({
    caption: 'Detail',
    displayOrder: 1,
  });
  const moved = await update({ displayOrder: 9 });
  expect(moved.galleryMedia).toMatchObject({ caption: 'Detail', displayOrder: 2 });
  expect(usagesOf(moved.artwork)).toEqual([
    `0 ${first!.mediaId} *`,
    `1 ${third!.mediaId}`,
    `2 ${second!.mediaId}`,
  ]);
  expect((await update({})).galleryMedia).toEqual(moved.galleryMedia);
  expect((await update({ caption: null })).galleryMedia).toMatchObject({ caption: null });
  expect(rejectionOf(await update({ displayOrder: null }))).toEqual(['INVALID input.displayOrder']);
  expect(rejectionOf(await update({ displayOrder: -1 }))).toEqual(['INVALID input.displayOrder']);
  expect(rejectionOf(await update({ caption: 'x'.repeat(501) }))).toEqual([
    'INVALID input.caption',
  ]);
  for (const id of [newId(), 'x']) {
    expect(rejectionOf(await update({ id, caption: 'x' }))).toEqual(['NOT_FOUND input.id']);
  }
  const theirs = { id: second!.usageId, caption: 'x' };
  const refused = await gallery.change('updateGalleryMedia', theirs, { storeId: 'store-b' });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
});
