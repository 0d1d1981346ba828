import { rejectionOf } from '@federated-media/media-consumer/testing/serve-consumer';
import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type TestGallery, useTestGallery, usagesOf } from '../testing/gallery.ts';

let gallery: TestGallery;
useTestGallery((opened) => {
  gallery = opened;
});

test.each([
  [{ title: '' }, 'INVALID input.title'],
  [{ title: ' \t ' }, 'INVALID input.title'],
  [{ title: 'x'.repeat(256) }, 'INVALID input.title'],
  [{ title: 'a\nb' }, 'INVALID input.title'],
  [{ title: 'a\0b' }, 'INVALID input.title'],
  [{ title: '\u00AD\u200B' }, 'INVALID input.title'],
  [{ title: '\uDC00' }, 'INVALID input.title'],
  [{ year: 3001 }, 'INVALID input.year'],
  [{ year: -3001 }, 'INVALID input.year'],
  [{ medium: 'x'.repeat(256) }, 'INVALID input.medium'],
  [{ medium: 'a\nb' }, 'INVALID input.medium'],
])('creates no artwork from %j', async (more, refusal) => {
  const payload = await gallery.change('createArtwork', { title: 'A work', ...more });
  expect(payload.artwork).toBeNull();
  expect(rejectionOf(payload)).toEqual([refusal]);
});

test('a store is an artist, and texts are trimmed', async () => {
  const input = { title: ' Bust of Nefertiti ', year: -1345, medium: ' Limestone ' };
  const { artwork, userErrors } = await gallery.change('createArtwork', input);
  expect(userErrors).toEqual([]);
  expect(artwork).toMatchObject({
    artistId: 'store-a',
    title: 'Bust of Nefertiti',
    year: -1345,
    medium: 'Limestone',
    primaryMedia: null,
    mediaAssociations: [],
  });
  expect(await gallery.find(artwork!.id)).toEqual(artwork);
});

test('stores texts in one form, however their characters are spelled', async () => {
  const [composed, decomposed] = ['Caf\u00E9', 'Cafe\u0301'];
  const input = { title: decomposed, medium: `${decomposed} on canvas` };
  const { artwork } = await gallery.change('createArtwork', input);
  expect(artwork).toMatchObject({ title: composed, medium: `${composed} on canvas` });
  const usage = { artworkId: artwork!.id, mediaId: gallery.cms.add(), caption: decomposed };
  const { galleryMedia } = await gallery.change('attachMediaToArtwork', usage);
  expect(galleryMedia?.caption).toBe(composed);
  const change = { id: galleryMedia!.id, caption: `${decomposed}\u200C!` };
  const changed = await gallery.change('updateGalleryMedia', change);
  expect(changed.galleryMedia?.caption).toBe(`${composed}\u200C!`);
  const blank = await gallery.change('updateGalleryMedia', { ...change, caption: '\u200B' });
  expect(blank.galleryMedia?.caption).toBeNull();
});

test('texts that exist get their normal form', async () => {
  const id = await gallery.newArtwork();
  await gallery.pool.query(
    "UPDATE artworks SET title = U&'Cafe\\0301', medium = U&'e\\0301' WHERE id = $1",
    [id],
  );
  await gallery.repeatMigration('20261129100000_normal_forms');
  expect(await gallery.find(id)).toMatchObject({ title: 'Caf\u00E9', medium: '\u00E9' });
});

test('accepts the maximum length of every field, and requires only a title', async () => {
  const longest = { title: '🏺'.repeat(255), year: 3000, medium: 'é'.repeat(255) };
  expect((await gallery.change('createArtwork', longest)).artwork).toMatchObject(longest);
  const shortest = await gallery.change('createArtwork', { title: 'x', year: 0, medium: ' ' });
  expect(shortest.artwork).toMatchObject({ title: 'x', year: 0, medium: null });
});

test('unknown, foreign and malformed ids find nothing', async () => {
  const id = await gallery.newArtwork();
  expect((await gallery.find(id.toUpperCase()))?.id).toBe(id);
  expect(await gallery.find(id, 'store-b')).toBeNull();
  for (const unknown of [newId(), 'x', '']) expect(await gallery.find(unknown)).toBeNull();
});

test('pages in both directions show every artwork once, newest first', async () => {
  const storeId = 'store-pages';
  const made: string[] = [];
  for (let count = 0; count < 7; count += 1) made.unshift(await gallery.newArtwork(storeId));
  // Two artworks with the same time of creation are ordered by their ids.
  const moment = '2026-11-23T09:00:00.123Z';
  await gallery.pool.query('UPDATE artworks SET created_at = $2 WHERE id = ANY($1::uuid[])', [
    made.slice(5),
    moment,
  ]);
  const [one = '', other = ''] = made.slice(5);
  const newestFirst = [...made.slice(0, 5), ...(one > other ? [one, other] : [other, one])];
  const page = (args: string) =>
    gallery.read<{
      nodes: { id: string }[];
      totalCount: number;
      pageInfo: {
        hasNextPage: boolean;
        hasPreviousPage: boolean;
        startCursor: string;
        endCursor: string;
      };
    }>(
      `{ it: artworks(${args}) { totalCount nodes { id }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      { storeId },
    );

  const forward: string[] = [];
  for (let args = 'first: 3'; ;) {
    const { nodes, pageInfo, totalCount } = await page(args);
    expect(totalCount).toBe(7);
    forward.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage) break;
    args = `first: 3, after: "${pageInfo.endCursor}"`;
  }
  expect(forward).toEqual(newestFirst);

  const backward: string[] = [];
  for (let args = 'last: 3'; ;) {
    const { nodes, pageInfo } = await page(args);
    backward.unshift(...nodes.map(({ id }) => id));
    if (!pageInfo.hasPreviousPage) break;
    args = `last: 3, before: "${pageInfo.startCursor}"`;
  }
  expect(backward).toEqual(newestFirst);
});

test.each([
  'artworks(first: 0)',
  'artworks(last: 101)',
  'artworks(first: 1, last: 1)',
  'artworks(after: "x")',
  'artworks(before: "WyJ4IiwieSJd")',
])('%s is bad input', async (field) => {
  expect(await gallery.errorsOf(`{ ${field} { nodes { id } } }`)).toEqual(['BAD_USER_INPUT']);
});

test('a deleted artwork releases its files, once', async () => {
  const id = await gallery.newArtwork();
  const [first, second] = await gallery.attachNew(id, 2);
  const foreign = await gallery.change('deleteArtwork', { id }, { storeId: 'store-b' });
  expect(rejectionOf(foreign)).toEqual(['NOT_FOUND input.id']);
  expect(usagesOf(await gallery.find(id))).toHaveLength(2);

  expect((await gallery.change('deleteArtwork', { id })).deletedId).toBe(id);
  expect(await gallery.find(id)).toBeNull();
  await expect.poll(() => gallery.cms.usagesOf(first!.mediaId)).toEqual([]);
  await expect.poll(() => gallery.cms.usagesOf(second!.mediaId)).toEqual([]);
  for (const unknown of [id, newId(), 'x']) {
    const again = await gallery.change('deleteArtwork', { id: unknown });
    expect(rejectionOf(again)).toEqual(['NOT_FOUND input.id']);
  }
});

test('a caller without the scope reads and writes nothing', async () => {
  const read = '{ artworks { nodes { id } } }';
  expect(await gallery.errorsOf(read, { scope: 'gallery:write media:read' })).toEqual([
    'FORBIDDEN',
  ]);
  const write =
    'mutation { createArtwork(input: { title: "A work" }) { artwork { id } userErrors { code } } }';
  expect(await gallery.errorsOf(write, { scope: 'gallery:read' })).toEqual(['FORBIDDEN']);
});
