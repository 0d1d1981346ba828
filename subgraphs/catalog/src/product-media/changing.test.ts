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

test('changes no unknown, foreign or malformed usage', async () => {
  const { id } = await catalog.newProduct();
  const { usageId } = await catalog.attachNew(id);
  for (const unknown of [newId(), 'not an id', id]) {
    const refused = await catalog.productMedia.update(caller, { id: unknown, altText: 'x' });
    expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  }
  const refused = await catalog.productMedia.update(otherCaller, { id: usageId, altText: 'x' });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  expect((await catalog.read(id)).usages[0]?.altText).toBeNull();
});

test('sets a text, keeps it when absent, clears it by null or blank', async () => {
  const { id } = await catalog.newProduct();
  const { usageId } = await catalog.attachNew(id);
  const update = async (more: object) =>
    (await catalog.productMedia.update(caller, { id: usageId, ...more })).productMedia?.altText;
  expect(await update({ altText: ' Front ' })).toBe('Front');
  expect(await update({})).toBe('Front');
  expect(await update({ altText: undefined })).toBe('Front');
  expect(await update({ altText: '  ' })).toBeNull();
  expect(await update({ altText: 'Front' })).toBe('Front');
  expect(await update({ altText: null })).toBeNull();
  expect(catalog.cms.asked).toHaveLength(1);
  const long = await catalog.productMedia.update(caller, { id: usageId, altText: 'x'.repeat(501) });
  expect(rejectionOf(long)).toEqual(['INVALID input.altText']);
});

test('a usage keeps its position when its text or variant changes', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const [first, second] = [
    await catalog.attachNew(id, 'SWATCH'),
    await catalog.attachNew(id, 'SWATCH'),
  ];
  const variantId = given(variants[0]).id;
  await catalog.productMedia.update(caller, { id: first.usageId, altText: 'Sample', variantId });
  const stored = await catalog.read(id);
  expect(usagesOf(stored)).toEqual([`SWATCH 0 ${first.mediaId}`, `SWATCH 1 ${second.mediaId}`]);
  expect(stored.usages[0]).toMatchObject({ altText: 'Sample', variantId });
});

test('a usage type cannot be cleared, and its variant rules apply to omitted fields too', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = given(variants[0]).id;
  const { usageId } = await catalog.attachNew(id, 'VARIANT', variantId);
  const update = async (more: object) =>
    rejectionOf(await catalog.productMedia.update(caller, { id: usageId, ...more }));
  expect(await update({ usageType: null })).toEqual(['INVALID input.usageType']);
  expect(await update({ usageType: 'GALLERY' })).toEqual(['INVALID input.variantId']);
  expect(await update({ usageType: 'MAIN_IMAGE' })).toEqual(['INVALID input.variantId']);
  expect(await update({ variantId: null })).toEqual(['INVALID input.variantId']);
  expect(await update({ variantId: newId() })).toEqual(['NOT_FOUND input.variantId']);
  expect((await catalog.read(id)).usages[0]).toMatchObject({ usageType: 'VARIANT', variantId });
  expect(await update({ usageType: 'GALLERY', variantId: null })).toEqual([]);
  expect((await catalog.read(id)).usages[0]).toMatchObject({
    usageType: 'GALLERY',
    variantId: null,
  });
});

test('the new usage type must allow the file’s type, which the CMS reports', async () => {
  const { id } = await catalog.newProduct();
  const film = catalog.cms.add({ mediaType: 'VIDEO' });
  const { productMedia } = await catalog.productMedia.attach(caller, {
    productId: id,
    mediaId: film,
  });
  const change = { id: given(productMedia).id, usageType: 'THUMBNAIL' } as const;
  const refused = await catalog.productMedia.update(caller, change);
  expect(rejectionOf(refused)).toEqual(['MEDIA_TYPE_NOT_ALLOWED input.usageType']);
  catalog.cms.state.isDown = true;
  const unanswered = await catalog.productMedia.update(caller, change);
  expect(rejectionOf(unanswered)).toEqual(['MEDIA_UNAVAILABLE input.usageType']);
  expect(usagesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${film}`]);
  const same = await catalog.productMedia.update(caller, { ...change, usageType: 'GALLERY' });
  expect(rejectionOf(same)).toEqual([]);
});

test('rejects a change that makes two usages equal', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red', 'blue'] });
  const [red, blue] = variants.map((variant) => variant.id);
  const { mediaId, usageId } = await catalog.attachNew(id, 'SWATCH', red);
  const input = { productId: id, mediaId };
  await catalog.productMedia.attach(caller, {
    ...input,
    usageType: 'SWATCH',
    variantId: given(blue),
  });
  await catalog.productMedia.attach(caller, { ...input, usageType: 'THUMBNAIL' });
  const update = async (more: object) =>
    rejectionOf(await catalog.productMedia.update(caller, { id: usageId, ...more }));
  expect(await update({ variantId: blue })).toEqual(['ALREADY_ATTACHED input.variantId']);
  expect(await update({ usageType: 'THUMBNAIL', variantId: null })).toEqual([
    'ALREADY_ATTACHED input.usageType',
  ]);
  expect((await catalog.read(id)).usages).toHaveLength(3);
});

test('a usage with a new type goes last in its new row, and the old row closes up', async () => {
  const { id } = await catalog.newProduct();
  const first = await catalog.attachNew(id);
  const second = await catalog.attachNew(id);
  const thumbnail = await catalog.attachNew(id, 'THUMBNAIL');
  await catalog.productMedia.update(caller, { id: first.usageId, usageType: 'THUMBNAIL' });
  expect(usagesOf(await catalog.read(id))).toEqual([
    `GALLERY 0 ${second.mediaId}`,
    `THUMBNAIL 0 ${thumbnail.mediaId}`,
    `THUMBNAIL 1 ${first.mediaId}`,
  ]);
});

test('a usage that becomes the main image replaces the former one and keeps its text', async () => {
  const { id } = await catalog.newProduct();
  const former = await catalog.attachNew(id, 'MAIN_IMAGE');
  const chosen = await catalog.attachNew(id, 'THUMBNAIL');
  await catalog.productMedia.attach(caller, { productId: id, mediaId: chosen.mediaId });
  await catalog.productMedia.update(caller, { id: chosen.usageId, altText: 'Kept' });
  const change = { id: chosen.usageId, usageType: 'MAIN_IMAGE' } as const;
  const { productMedia } = await catalog.productMedia.update(caller, change);
  expect(productMedia).toMatchObject({ id: chosen.usageId, altText: 'Kept' });
  expect(usagesOf(await catalog.read(id))).toEqual([
    `MAIN_IMAGE 0 ${chosen.mediaId}`,
    `GALLERY 0 ${former.mediaId}`,
  ]);
});

test('a second usage of the main image’s file does not become a second main image', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId } = await catalog.attachNew(id, 'MAIN_IMAGE');
  const input = { productId: id, mediaId, usageType: 'THUMBNAIL' } as const;
  const { productMedia } = await catalog.productMedia.attach(caller, input);
  const change = { id: given(productMedia).id, usageType: 'MAIN_IMAGE' } as const;
  const refused = await catalog.productMedia.update(caller, change);
  expect(rejectionOf(refused)).toEqual(['ALREADY_ATTACHED input.usageType']);
});

test('detaches all usages of a file or those of one type, and closes the gaps', async () => {
  const { id } = await catalog.newProduct();
  const main = await catalog.attachNew(id, 'MAIN_IMAGE');
  const { mediaId } = main;
  const other = await catalog.attachNew(id);
  await catalog.productMedia.attach(caller, { productId: id, mediaId, displayOrder: 0 });
  await catalog.productMedia.attach(caller, { productId: id, mediaId, usageType: 'SWATCH' });

  const detach = (more: object) =>
    catalog.productMedia.detach(caller, { productId: id, mediaId, ...more });
  const swatch = await detach({ usageType: 'SWATCH' });
  expect(swatch).toMatchObject({ detachedIds: [expect.any(String)], userErrors: [] });
  expect(rejectionOf(await detach({ usageType: 'SWATCH' }))).toEqual([
    'NOT_ATTACHED input.mediaId',
  ]);

  const rest = await detach({ usageType: null });
  expect(rest.detachedIds).toHaveLength(2);
  expect(rest.detachedIds[0]).toBe(main.usageId);
  expect(usagesOf(await catalog.read(id))).toEqual([`GALLERY 0 ${other.mediaId}`]);
  expect(await detach({})).toMatchObject({
    detachedIds: [],
    userErrors: [{ code: 'NOT_ATTACHED' }],
  });
});

test('detaches nothing from unknown and foreign products', async () => {
  const { id } = await catalog.newProduct();
  const { mediaId } = await catalog.attachNew(id);
  for (const productId of [newId(), 'x']) {
    const refused = await catalog.productMedia.detach(caller, { productId, mediaId });
    expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.productId']);
  }
  const refused = await catalog.productMedia.detach(otherCaller, { productId: id, mediaId });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.productId']);
  const malformed = await catalog.productMedia.detach(caller, { productId: id, mediaId: 'x' });
  expect(rejectionOf(malformed)).toEqual(['NOT_ATTACHED input.mediaId']);
  expect((await catalog.read(id)).usages).toHaveLength(1);
});

test('an invalid move changes nothing, nor do the moves before it', async () => {
  const { id } = await catalog.newProduct();
  const [a, b] = [await catalog.attachNew(id), await catalog.attachNew(id)];
  const swatch = await catalog.attachNew(id, 'SWATCH');
  const before = await catalog.read(id);
  const reorder = async (moves: { id: string; newPosition: number }[], productId = id) =>
    rejectionOf(await catalog.productMedia.reorder(caller, { productId, moves }));
  const good = { id: b.usageId, newPosition: 0 };
  expect(await reorder([{ id: a.usageId, newPosition: -1 }])).toEqual([
    'INVALID input.moves.0.newPosition',
  ]);
  expect(await reorder([good, { id: newId(), newPosition: 0 }])).toEqual([
    'NOT_FOUND input.moves.1.id',
  ]);
  expect(await reorder([{ id: 'x', newPosition: 0 }])).toEqual(['NOT_FOUND input.moves.0.id']);
  expect(await reorder([{ id: swatch.usageId, newPosition: 0 }])).toEqual([
    'NOT_FOUND input.moves.0.id',
  ]);
  expect(await reorder(Array.from({ length: 1_001 }, () => good))).toEqual(['INVALID input.moves']);
  expect(await reorder([good], newId())).toEqual(['NOT_FOUND input.productId']);
  const foreign = await catalog.productMedia.reorder(otherCaller, { productId: id, moves: [good] });
  expect(rejectionOf(foreign)).toEqual(['NOT_FOUND input.productId']);
  expect(await catalog.read(id)).toEqual({ ...before, usagesRevision: expect.any(Number) });
});

test('applies moves in order, repeated ones too; a position beyond the end is the end', async () => {
  const { id } = await catalog.newProduct();
  const [a, b, c] = [
    await catalog.attachNew(id),
    await catalog.attachNew(id),
    await catalog.attachNew(id),
  ];
  const moves = [
    { id: a.usageId, newPosition: 2_000_000_000 },
    { id: c.usageId, newPosition: 0 },
    { id: c.usageId.toUpperCase(), newPosition: 1 },
  ];
  const { product } = await catalog.productMedia.reorder(caller, { productId: id, moves });
  const stored = await catalog.read(id);
  expect(usagesOf(stored)).toEqual([
    `GALLERY 0 ${b.mediaId}`,
    `GALLERY 1 ${c.mediaId}`,
    `GALLERY 2 ${a.mediaId}`,
  ]);
  expect(product).toEqual(stored);
  const none = await catalog.productMedia.reorder(caller, { productId: id, moves: [] });
  expect(none.product?.usages).toEqual(stored.usages);
});
