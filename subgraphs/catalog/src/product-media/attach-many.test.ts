import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  rejectionOf,
  useTestCatalog,
  usagesOf,
} from '../testing/catalog.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

const itemsOf = (count: number) =>
  Array.from({ length: count }, () => ({ mediaId: catalog.cms.add() }));

test.each([0, 101])('rejects a list of %s items', async (count) => {
  const { id } = await catalog.newProduct();
  const results = await catalog.productMedia.attachMany(caller, {
    productId: id,
    items: itemsOf(count),
  });
  expect(results.map(rejectionOf)).toEqual([['INVALID input.items']]);
  expect(catalog.cms.asked).toEqual([]);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('reports an unknown product for each item', async () => {
  const results = await catalog.productMedia.attachMany(caller, {
    productId: newId(),
    items: itemsOf(2),
  });
  expect(results.map(rejectionOf)).toEqual([
    ['NOT_FOUND input.productId'],
    ['NOT_FOUND input.productId'],
  ]);
});

test('attaches each item independently, in order; items that the CMS rejects cost one more claim request', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const [good, film, raw] = [
    catalog.cms.add(),
    catalog.cms.add({ mediaType: 'VIDEO' }),
    catalog.cms.add({ status: 'UPLOADED' }),
  ];
  const results = await catalog.productMedia.attachMany(caller, {
    productId: id,
    items: [
      { mediaId: good },
      { mediaId: newId() },
      { mediaId: film, usageType: 'THUMBNAIL' },
      { mediaId: film },
      { mediaId: raw },
      { mediaId: good, usageType: 'VARIANT' },
      { mediaId: good, usageType: 'VARIANT', variantId: given(variants[0]).id },
      { mediaId: 'nonsense' },
      { mediaId: good },
    ],
  });
  expect(results.map(rejectionOf)).toEqual([
    [],
    ['MEDIA_NOT_FOUND input.items.1.mediaId'],
    ['MEDIA_TYPE_NOT_ALLOWED input.items.2.mediaId'],
    [],
    ['MEDIA_NOT_READY input.items.4.mediaId'],
    ['INVALID input.items.5.variantId'],
    [],
    ['MEDIA_NOT_FOUND input.items.7.mediaId'],
    ['ALREADY_ATTACHED input.items.8.mediaId'],
  ]);
  expect(catalog.cms.asked.map((mediaIds) => mediaIds.length)).toEqual([6, 5]);
  const stored = await catalog.read(id);
  expect(usagesOf(stored)).toEqual([`GALLERY 0 ${good}`, `GALLERY 1 ${film}`, `VARIANT 0 ${good}`]);
  for (const result of results) {
    if (!('product' in result)) continue;
    expect(result.product).toEqual(stored);
    expect(stored.usages).toContainEqual(expect.objectContaining({ id: result.productMedia?.id }));
  }
});

test('reports invalid items even while the CMS is unavailable', async () => {
  const { id } = await catalog.newProduct();
  catalog.cms.state.isDown = true;
  const items = [...itemsOf(1), { mediaId: newId(), usageType: 'VARIANT' as const }];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(rejectionOf)).toEqual([
    ['MEDIA_UNAVAILABLE input.items.0.mediaId'],
    ['INVALID input.items.1.variantId'],
  ]);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('of two main images the last one stays, and the first becomes the first of the gallery', async () => {
  const { id } = await catalog.newProduct();
  const [one, two] = itemsOf(2).map((item) => ({ ...item, usageType: 'MAIN_IMAGE' as const }));
  const items = [given(one), given(two), given(two)];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(rejectionOf)).toEqual([[], [], ['ALREADY_ATTACHED input.items.2.mediaId']]);
  expect(usagesOf(await catalog.read(id))).toEqual([
    `MAIN_IMAGE 0 ${items[1]?.mediaId}`,
    `GALLERY 0 ${items[0]?.mediaId}`,
  ]);
});

test('rejects items beyond the 250th and attaches the others', async () => {
  const { id } = await catalog.newProduct();
  await catalog.productMedia.attachMany(caller, { productId: id, items: itemsOf(100) });
  await catalog.productMedia.attachMany(caller, { productId: id, items: itemsOf(100) });
  const results = await catalog.productMedia.attachMany(caller, {
    productId: id,
    items: itemsOf(52),
  });
  expect(results.slice(49).map(rejectionOf)).toEqual([
    [],
    ['INVALID input.items.50'],
    ['INVALID input.items.51'],
  ]);
  expect((await catalog.read(id)).usages).toHaveLength(250);
});
