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

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

test.each(['not an id', newId(), ''])(
  'no file is attached to the unknown product "%s"',
  async (productId) => {
    const input = { productId, mediaId: catalog.cms.add() };
    const refused = await catalog.productMedia.attach(caller, input);
    expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.productId']);
    expect(catalog.cms.asked).toEqual([]);
  },
);

test('attaches no file to another store’s product', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add({}, otherCaller.storeId);
  const refused = await catalog.productMedia.attach(otherCaller, { productId: id, mediaId });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.productId']);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('another store’s file looks like an unknown one', async () => {
  const { id } = await catalog.newProduct();
  const unknown = [catalog.cms.add({}, otherCaller.storeId), newId(), 'not an id', '\0'];
  for (const mediaId of unknown) {
    const refused = await catalog.productMedia.attach(caller, { productId: id, mediaId });
    expect(rejectionOf(refused)).toEqual(['MEDIA_NOT_FOUND input.mediaId']);
    expect(refused.userErrors[0]?.message).toBe('The file does not exist.');
  }
  expect((await catalog.read(id)).usages).toEqual([]);
});

test.each(['UPLOADED', 'PROCESSING', 'FAILED'] as const)(
  'a file that is %s is not ready',
  async (status) => {
    const { id } = await catalog.newProduct();
    const input = { productId: id, mediaId: catalog.cms.add({ status }) };
    const refused = await catalog.productMedia.attach(caller, input);
    expect(rejectionOf(refused)).toEqual(['MEDIA_NOT_READY input.mediaId']);
    expect((await catalog.read(id)).usages).toEqual([]);
  },
);

test.each([
  ['MAIN_IMAGE', 'VIDEO'],
  ['THUMBNAIL', 'VIDEO'],
  ['SWATCH', 'VIDEO'],
  ['GALLERY', 'AUDIO'],
  ['GALLERY', 'DOCUMENT'],
  ['VARIANT', 'DOCUMENT'],
] as const)('%s takes no %s', async (usageType, mediaType) => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = usageType === 'VARIANT' ? given(variants[0]).id : null;
  const mediaId = catalog.cms.add({ mediaType });
  const input = { productId: id, mediaId, usageType, variantId };
  const refused = await catalog.productMedia.attach(caller, input);
  expect(rejectionOf(refused)).toEqual(['MEDIA_TYPE_NOT_ALLOWED input.mediaId']);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test.each([
  ['GALLERY', 'VIDEO'],
  ['VARIANT', 'VIDEO'],
  ['SWATCH', 'IMAGE'],
] as const)('%s takes a %s', async (usageType, mediaType) => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = usageType === 'GALLERY' ? null : given(variants[0]).id;
  const mediaId = catalog.cms.add({ mediaType });
  const input = { productId: id, mediaId, usageType, variantId };
  const { productMedia, userErrors } = await catalog.productMedia.attach(caller, input);
  expect(userErrors).toEqual([]);
  expect(productMedia).toMatchObject({ mediaId, usageType, variantId, displayOrder: 0 });
});

test('checks variants by usage type before it asks the CMS', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const other = await catalog.newProduct({ variants: ['blue'] });
  const own = given(variants[0]).id;
  const foreign = given(other.variants[0]).id;
  const cases = [
    ['VARIANT', null, 'INVALID input.variantId'],
    ['GALLERY', own, 'INVALID input.variantId'],
    ['MAIN_IMAGE', own, 'INVALID input.variantId'],
    ['THUMBNAIL', own, 'INVALID input.variantId'],
    ['VARIANT', foreign, 'NOT_FOUND input.variantId'],
    ['SWATCH', newId(), 'NOT_FOUND input.variantId'],
    ['SWATCH', 'not an id', 'NOT_FOUND input.variantId'],
  ] as const;
  catalog.cms.asked.length = 0;
  for (const [usageType, variantId, refusal] of cases) {
    const input = { productId: id, mediaId: newId(), usageType, variantId };
    expect(rejectionOf(await catalog.productMedia.attach(caller, input))).toEqual([refusal]);
  }
  expect(catalog.cms.asked.flat()).toEqual([]);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('attaches nothing while the CMS is unavailable', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  catalog.cms.state.isDown = true;
  const refused = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  expect(rejectionOf(refused)).toEqual(['MEDIA_UNAVAILABLE input.mediaId']);
  expect((await catalog.read(id)).usages).toEqual([]);
});

test('rejects negative positions and long or unprintable texts', async () => {
  const { id } = await catalog.newProduct();
  const input = { productId: id, mediaId: catalog.cms.add() };
  const attach = async (more: object) =>
    rejectionOf(await catalog.productMedia.attach(caller, { ...input, ...more }));
  expect(await attach({ displayOrder: -1 })).toEqual(['INVALID input.displayOrder']);
  expect(await attach({ altText: 'é'.repeat(501) })).toEqual(['INVALID input.altText']);
  expect(await attach({ altText: 'a\0b' })).toEqual(['INVALID input.altText']);
  expect(await attach({ altText: '\uD800' })).toEqual(['INVALID input.altText']);
  expect((await catalog.read(id)).usages).toEqual([]);
  expect(await attach({ altText: '🖼'.repeat(500), displayOrder: 7 })).toEqual([]);
});

test('attaches the same file in the same role once, with and without a variant', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red', 'blue'] });
  const mediaId = catalog.cms.add();
  const [red, blue] = variants.map((variant) => variant.id);
  const attach = async (usageType: 'SWATCH' | 'GALLERY', variantId: string | null) =>
    rejectionOf(
      await catalog.productMedia.attach(caller, { productId: id, mediaId, usageType, variantId }),
    );
  expect(await attach('SWATCH', null)).toEqual([]);
  expect(await attach('SWATCH', null)).toEqual(['ALREADY_ATTACHED input.mediaId']);
  expect(await attach('SWATCH', given(red))).toEqual([]);
  expect(await attach('SWATCH', given(red))).toEqual(['ALREADY_ATTACHED input.mediaId']);
  expect(await attach('SWATCH', given(blue).toUpperCase())).toEqual([]);
  expect(await attach('GALLERY', null)).toEqual([]);
  expect((await catalog.read(id)).usages).toHaveLength(4);
});

test('accepts ids in capitals', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  const input = { productId: id.toUpperCase(), mediaId: mediaId.toUpperCase() };
  const { productMedia } = await catalog.productMedia.attach(caller, input);
  expect(productMedia?.mediaId).toBe(mediaId);
  const again = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  expect(rejectionOf(again)).toEqual(['ALREADY_ATTACHED input.mediaId']);
});

test('places files at their positions, and returns what is stored', async () => {
  const { id } = await catalog.newProduct();
  const [last, first, middle] = [catalog.cms.add(), catalog.cms.add(), catalog.cms.add()];
  await catalog.productMedia.attach(caller, { productId: id, mediaId: last, displayOrder: 12 });
  await catalog.productMedia.attach(caller, { productId: id, mediaId: first, displayOrder: 0 });
  const { product } = await catalog.productMedia.attach(caller, {
    productId: id,
    mediaId: middle,
    displayOrder: 1,
    altText: '  from the side ',
  });
  const stored = await catalog.read(id);
  expect(usagesOf(stored)).toEqual([
    `GALLERY 0 ${first}`,
    `GALLERY 1 ${middle}`,
    `GALLERY 2 ${last}`,
  ]);
  expect(stored.usages[1]?.altText).toBe('from the side');
  expect(product).toEqual(stored);
  expect(stored.version).toBe(1);
});

test('a product uses at most 250 files', async () => {
  const { id } = await catalog.newProduct();
  for (const count of [100, 100, 50]) {
    const items = Array.from({ length: count }, () => ({ mediaId: catalog.cms.add() }));
    const results = await catalog.productMedia.attachMany(caller, { productId: id, items });
    expect(results.flatMap(rejectionOf)).toEqual([]);
  }
  const refused = await catalog.productMedia.attach(caller, {
    productId: id,
    mediaId: catalog.cms.add(),
  });
  expect(rejectionOf(refused)).toEqual(['INVALID input']);
  expect((await catalog.read(id)).usages).toHaveLength(250);
});
