import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, makeProduct, serveTestCatalog } from '../testing/server.ts';

let catalog: TestServer;
beforeAll(async () => {
  catalog = await serveTestCatalog();
});
afterAll(() => catalog.close());

interface Shown {
  readonly product: {
    readonly mainImage: { readonly id: string } | null;
    readonly mediaAssociations: readonly { readonly id: string; readonly displayOrder: number }[];
    readonly variants: readonly {
      readonly mediaAssociations: readonly { readonly id: string }[];
    }[];
  };
  readonly missing: { readonly totalCount: number };
}

async function read(productId: string, storeId: string) {
  const { data } = await catalog.ask<Shown>(
    `query ($id: ID!) {
      product(id: $id) {
        mainImage { id }
        mediaAssociations { id displayOrder }
        variants { mediaAssociations { id } }
      }
      missing: products(filter: { missingMainImage: true }) { totalCount }
    }`,
    { variables: { id: productId }, storeId },
  );
  const { mainImage, mediaAssociations, variants } = data.product;
  return {
    main: mainImage?.id ?? null,
    usages: mediaAssociations.map(({ id, displayOrder }) => `${id} ${displayOrder}`),
    ofVariant: variants.flatMap((variant) => variant.mediaAssociations.map(({ id }) => id)),
    missing: data.missing.totalCount,
  };
}

test('hides trashed files, keeps their positions, and shows restored files there', async () => {
  const storeId = 'store-hidden';
  const { productId, mediaIds, usageIds } = await makeProduct(catalog, storeId);
  const before = await read(productId, storeId);
  expect(before).toMatchObject({ main: usageIds[0], ofVariant: [usageIds[4]], missing: 0 });
  expect(before.usages).toEqual(usageIds.map((id, index) => `${id} ${[0, 0, 1, 2, 0][index]}`));

  for (const place of [0, 2, 4]) catalog.cms.trash(mediaIds[place]!, storeId);
  await expect
    .poll(() => read(productId, storeId))
    .toEqual({
      main: null,
      usages: [`${usageIds[1]} 0`, `${usageIds[3]} 2`],
      ofVariant: [],
      missing: 1,
    });

  for (const place of [0, 2, 4]) catalog.cms.restore(mediaIds[place]!, storeId);
  await expect.poll(() => read(productId, storeId)).toEqual(before);
});

test('counts hidden usages in moves, and can move and detach them', async () => {
  const storeId = 'store-moved';
  const { productId, mediaIds, usageIds } = await makeProduct(catalog, storeId);
  catalog.cms.trash(mediaIds[1]!, storeId);
  await expect.poll(async () => (await read(productId, storeId)).usages).toHaveLength(4);
  const { data } = await catalog.ask(
    `mutation ($p: ID!, $last: ID!, $hidden: ID!, $file: ID!) {
      moved: reorderProductMedia(input: {
        productId: $p, moves: [{ id: $last, newPosition: 1 }, { id: $hidden, newPosition: 2 }]
      }) { product { mediaAssociations(usageType: GALLERY) { id displayOrder } } }
      detached: detachMediaFromProduct(input: { productId: $p, mediaId: $file }) {
        detachedIds product { mediaAssociations(usageType: GALLERY) { id displayOrder } }
      }
    }`,
    {
      variables: { p: productId, last: usageIds[3], hidden: usageIds[1], file: mediaIds[1] },
      storeId,
    },
  );
  const [, hidden, middle, last] = usageIds;
  const shown = [
    { id: last, displayOrder: 0 },
    { id: middle, displayOrder: 1 },
  ];
  expect(data).toEqual({
    moved: { product: { mediaAssociations: shown } },
    detached: { detachedIds: [hidden], product: { mediaAssociations: shown } },
  });
});

test('purged files lose their usages, and the ones behind close up', async () => {
  const storeId = 'store-purged';
  const { productId, mediaIds, usageIds } = await makeProduct(catalog, storeId);
  for (const place of [0, 1]) {
    catalog.cms.trash(mediaIds[place]!, storeId);
    catalog.cms.purge(mediaIds[place]!, storeId);
  }
  await expect
    .poll(() => read(productId, storeId))
    .toEqual({
      main: null,
      usages: [`${usageIds[2]} 0`, `${usageIds[3]} 1`, `${usageIds[4]} 0`],
      ofVariant: [usageIds[4]],
      missing: 1,
    });
});
