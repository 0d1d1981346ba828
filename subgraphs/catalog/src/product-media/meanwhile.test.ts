import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  rejectionOf,
  useTestCatalog,
  usagesOf,
} from '../testing/catalog.ts';

// Other requests change the product while a request waits for the CMS, without a lock.
let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

test('a product that is deleted during the claim is unknown', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  catalog.cms.state.whileClaiming = () => catalog.products.delete(caller, { id });
  const refused = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.productId']);
});

test('a variant that is deleted during the claim is unknown, and the other items are attached', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = given(variants[0]).id;
  const [one, two] = [catalog.cms.add(), catalog.cms.add()];
  catalog.cms.state.whileClaiming = () => catalog.variants.delete(caller, { id: variantId });
  const items = [{ mediaId: one, usageType: 'VARIANT' as const, variantId }, { mediaId: two }];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(rejectionOf)).toEqual([['NOT_FOUND input.items.0.variantId'], []]);
  expect(usagesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${two}`]);
});

test('a file that another request attaches during the claim is reported as already attached', async () => {
  const { id } = await catalog.newProduct();
  const input = { productId: id, mediaId: catalog.cms.add() };
  catalog.cms.state.whileClaiming = () => {
    catalog.cms.state.whileClaiming = null;
    return catalog.productMedia.attach(caller, input);
  };
  const refused = await catalog.productMedia.attach(caller, input);
  expect(rejectionOf(refused)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  expect((await catalog.read(id)).usages).toHaveLength(1);
});

test('a usage that is removed during the claim is not changed, and stays removed', async () => {
  const { id } = await catalog.newProduct();
  const { usageId, mediaId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () =>
    catalog.productMedia.detach(caller, { productId: id, mediaId });
  const refused = await catalog.productMedia.update(caller, { id: usageId, usageType: 'SWATCH' });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('a usage that is changed during the claim keeps the fields that this change omits', async () => {
  const { id } = await catalog.newProduct();
  const { usageId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () =>
    catalog.productMedia.update(caller, { id: usageId, altText: 'Meanwhile' });
  const change = { id: usageId, usageType: 'SWATCH' } as const;
  const { productMedia } = await catalog.productMedia.update(caller, change);
  expect(productMedia).toMatchObject({ usageType: 'SWATCH', altText: 'Meanwhile' });
});

test('a usage does not get a variant that is deleted during the claim', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = given(variants[0]).id;
  const { usageId, mediaId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () => catalog.variants.delete(caller, { id: variantId });
  const change = { id: usageId, usageType: 'SWATCH', variantId } as const;
  const refused = await catalog.productMedia.update(caller, change);
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.variantId']);
  expect(usagesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${mediaId}`]);
});

test('attached files do not exist as soon as they are trashed or purged, before the feed reports it', async () => {
  const { id } = await catalog.newProduct();
  const [kept, trashed, purged, main] = [
    await catalog.attachNew(id),
    await catalog.attachNew(id),
    await catalog.attachNew(id),
    await catalog.attachNew(id, 'MAIN_IMAGE'),
  ];
  for (const { mediaId } of [trashed, purged, main]) catalog.cms.trash(mediaId);
  catalog.cms.purge(purged.mediaId);
  const again = [kept, trashed, purged].map(({ mediaId }) => ({ mediaId }));
  const items = [
    ...again,
    { mediaId: main.mediaId, usageType: 'MAIN_IMAGE' as const },
    { mediaId: catalog.cms.add() },
  ];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(rejectionOf)).toEqual([
    ['ALREADY_ATTACHED input.items.0.mediaId'],
    ['MEDIA_NOT_FOUND input.items.1.mediaId'],
    ['MEDIA_NOT_FOUND input.items.2.mediaId'],
    ['MEDIA_NOT_FOUND input.items.3.mediaId'],
    [],
  ]);
  const [one] = again;
  const alone = await catalog.productMedia.attach(caller, { productId: id, ...one! });
  expect(rejectionOf(alone)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  catalog.cms.trash(kept.mediaId);
  const afterTrash = await catalog.productMedia.attach(caller, { productId: id, ...one! });
  expect(rejectionOf(afterTrash)).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
});
