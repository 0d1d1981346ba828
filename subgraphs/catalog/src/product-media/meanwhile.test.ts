import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  refusalOf,
  useTestCatalog,
  usesOf,
} from '../testing/catalog.ts';

// What others do while the CMS is asked, and nothing is locked.
let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

test('a product deleted meanwhile is unknown', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  catalog.cms.state.whileClaiming = () => catalog.products.delete(caller, { id });
  const refused = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  expect(refusalOf(refused)).toEqual(['NOT_FOUND input.productId']);
});

test('a variant deleted meanwhile is unknown, and the other items are attached', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = given(variants[0]).id;
  const [one, two] = [catalog.cms.add(), catalog.cms.add()];
  catalog.cms.state.whileClaiming = () => catalog.variants.delete(caller, { id: variantId });
  const items = [{ mediaId: one, usageType: 'VARIANT' as const, variantId }, { mediaId: two }];
  const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
  expect(results.map(refusalOf)).toEqual([['NOT_FOUND input.items.0.variantId'], []]);
  expect(usesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${two}`]);
});

test('a file attached meanwhile is attached already', async () => {
  const { id } = await catalog.newProduct();
  const input = { productId: id, mediaId: catalog.cms.add() };
  catalog.cms.state.whileClaiming = () => {
    catalog.cms.state.whileClaiming = null;
    return catalog.productMedia.attach(caller, input);
  };
  const refused = await catalog.productMedia.attach(caller, input);
  expect(refusalOf(refused)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  expect((await catalog.read(id)).uses).toHaveLength(1);
});

test('a use ended meanwhile is not changed, and not brought back', async () => {
  const { id } = await catalog.newProduct();
  const { useId, mediaId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () =>
    catalog.productMedia.detach(caller, { productId: id, mediaId });
  const refused = await catalog.productMedia.update(caller, { id: useId, usageType: 'SWATCH' });
  expect(refusalOf(refused)).toEqual(['NOT_FOUND input.id']);
  expect((await catalog.read(id)).uses).toEqual([]);
});

test('a use changed meanwhile keeps what this change does not name', async () => {
  const { id } = await catalog.newProduct();
  const { useId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () =>
    catalog.productMedia.update(caller, { id: useId, altText: 'Meanwhile' });
  const change = { id: useId, usageType: 'SWATCH' } as const;
  const { productMedia } = await catalog.productMedia.update(caller, change);
  expect(productMedia).toMatchObject({ usageType: 'SWATCH', altText: 'Meanwhile' });
});

test('a use does not get a variant that is deleted meanwhile', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = given(variants[0]).id;
  const { useId, mediaId } = await catalog.attachNew(id);
  catalog.cms.state.whileClaiming = () => catalog.variants.delete(caller, { id: variantId });
  const change = { id: useId, usageType: 'SWATCH', variantId } as const;
  const refused = await catalog.productMedia.update(caller, change);
  expect(refusalOf(refused)).toEqual(['NOT_FOUND input.variantId']);
  expect(usesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${mediaId}`]);
});
