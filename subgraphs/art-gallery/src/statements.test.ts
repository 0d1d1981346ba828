import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type Artwork, type TestGallery, useTestGallery } from './testing/gallery.ts';

let gallery: TestGallery;
useTestGallery((opened) => {
  gallery = opened;
});

const PAGE = `query ($count: Boolean!) {
  it: artworks {
    totalCount @include(if: $count)
    nodes { id artistId title primaryMedia { id media { id } artwork { id } }
      mediaAssociations { id isPrimary displayOrder media { id } } }
  }
}`;

test('reads 24 artworks with 3 files each with one statement, and their number with one more', async () => {
  const storeId = 'store-of-24';
  for (let made = 0; made < 25; made += 1) {
    await gallery.attachNew(await gallery.newArtwork(storeId), 3, storeId);
  }
  gallery.statements.length = 0;
  const page = (count: boolean) =>
    gallery.read<{ nodes: Artwork[]; totalCount: number }>(PAGE, { storeId, variables: { count } });
  const { nodes } = await page(false);
  expect(nodes.map(({ mediaAssociations }) => mediaAssociations.length)).toEqual(Array(24).fill(3));
  expect(nodes[0]).toMatchObject({ primaryMedia: { artwork: { id: nodes[0]!.id } } });
  expect(gallery.statements).toHaveLength(1);
  expect((await page(true)).totalCount).toBe(25);
  expect(gallery.statements).toHaveLength(3);
});

test('resolves references with one statement per type, and only for their store', async () => {
  const one = await gallery.newArtwork();
  const [usage, second] = await gallery.attachNew(one, 2);
  const foreign = await gallery.newArtwork('store-b');
  const [theirs] = await gallery.attachNew(foreign, 1, 'store-b');
  const refer = (__typename: string, ids: string[]) => ids.map((id) => ({ __typename, id }));
  const representations = [
    ...refer('Artwork', [one.toUpperCase(), foreign, newId(), 'x']),
    ...refer('GalleryMedia', [usage!.usageId, theirs!.usageId, second!.usageId]),
  ];
  gallery.statements.length = 0;
  const query = `query ($representations: [_Any!]!) {
    it: _entities(representations: $representations) {
      ... on Artwork { id mediaAssociations { id } }
      ... on GalleryMedia { id artwork { id } media { id } }
    }
  }`;
  const asking = { variables: { representations }, scope: '' };
  const found = await gallery.read<({ id: string } | null)[]>(query, asking);
  expect(found.map((entity) => entity?.id ?? null)).toEqual([
    one,
    null,
    null,
    null,
    usage!.usageId,
    null,
    second!.usageId,
  ]);
  expect(found[4]).toMatchObject({ artwork: { id: one }, media: { id: usage!.mediaId } });
  expect(gallery.statements).toHaveLength(2);
});

test('attaches a file with two statements and one claim request', async () => {
  const artworkId = await gallery.newArtwork();
  gallery.statements.length = 0;
  gallery.cms.asked.length = 0;
  await gallery.attachNew(artworkId, 2);
  expect(gallery.statements).toHaveLength(4);
  expect(gallery.cms.asked).toHaveLength(2);
});

test('rejects requests without a token', async () => {
  const body = JSON.stringify({ query: '{ _service { sdl } }' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gallery.url, { method: 'POST', headers, body });
  expect(response.status).toBe(401);
});
