import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  rejectionOf,
  otherCaller,
  useTestCatalog,
} from '../testing/catalog.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

test.each([
  [{ sku: '' }, 'INVALID input.sku'],
  [{ sku: ' \t ' }, 'INVALID input.sku'],
  [{ sku: '\u200B\u00AD' }, 'INVALID input.sku'],
  [{ sku: 'a\u2028b' }, 'INVALID input.sku'],
  [{ sku: 'x'.repeat(65) }, 'INVALID input.sku'],
  [{ sku: 'a\0b' }, 'INVALID input.sku'],
  [{ sku: 'a\nb' }, 'INVALID input.sku'],
  [{ name: 'a\r\nb' }, 'INVALID input.name'],
  [{ name: '' }, 'INVALID input.name'],
  [{ name: '\u200B' }, 'INVALID input.name'],
  [{ name: 'x'.repeat(256) }, 'INVALID input.name'],
  [{ name: '\uDC00' }, 'INVALID input.name'],
  [{ description: 'x'.repeat(10_001) }, 'INVALID input.description'],
  [{ description: 'a\u0007b' }, 'INVALID input.description'],
])('creates no product from %j', async (more, refusal) => {
  const input = { sku: newId(), name: 'A product', ...more };
  expect(rejectionOf(await catalog.products.create(caller, input))).toEqual([refusal]);
});

test('accepts the maximum length of every field, counted in characters', async () => {
  const input = {
    sku: 'é'.repeat(64),
    name: '🏺'.repeat(255),
    description: '\n'.repeat(2) + 'x'.repeat(10_000),
  };
  const { product, userErrors } = await catalog.products.create(caller, input);
  expect(userErrors).toEqual([]);
  expect(await catalog.read(given(product).id)).toEqual(product);
});

test('trims the texts of a product', async () => {
  const sku = newId();
  const input = { sku: ` ${sku} `, name: ' Vase ', description: ' ' };
  const { product } = await catalog.products.create(caller, input);
  expect(product).toMatchObject({ sku, name: 'Vase', description: null, version: 1 });
  expect(product).toMatchObject({ storeId: caller.storeId, variants: [], usages: [] });
  expect(await catalog.products.find(caller, { sku })).toEqual(product);
});

test('a SKU is unique within its store, not across stores', async () => {
  const sku = newId();
  const create = async (who = caller) =>
    rejectionOf(await catalog.products.create(who, { sku, name: 'n' }));
  expect(await create()).toEqual([]);
  expect(await create()).toEqual(['SKU_TAKEN input.sku']);
  expect(await create(otherCaller)).toEqual([]);
  const other = await catalog.newProduct();
  const update = await catalog.products.update(caller, { id: other.id, sku });
  expect(rejectionOf(update)).toEqual(['SKU_TAKEN input.sku']);
  expect(await catalog.read(other.id)).toEqual(other);
});

test('a SKU has one form, however its characters are spelled', async () => {
  const sku = `Café ${newId()}`;
  const spellings = [
    sku.normalize('NFD'),
    `\u200B${sku}`,
    ` ${sku.replace(' ', '\u00A0\u00AD')}\u200E`,
  ];
  const { product } = await catalog.products.create(caller, {
    sku: given(spellings[0]),
    name: 'Cafe\u0301',
  });
  expect(product).toMatchObject({ sku, name: 'Café' });
  const { id: otherId } = await catalog.newProduct();
  for (const spelling of [sku, ...spellings]) {
    expect((await catalog.products.find(caller, { sku: spelling }))?.id).toBe(given(product).id);
    const again = await catalog.products.create(caller, { sku: spelling, name: 'n' });
    expect(rejectionOf(again)).toEqual(['SKU_TAKEN input.sku']);
    const update = await catalog.products.update(caller, { id: otherId, sku: spelling });
    expect(rejectionOf(update)).toEqual(['SKU_TAKEN input.sku']);
  }
  const renamed = await catalog.products.update(caller, {
    id: otherId,
    sku: `e\u0301${newId()}`,
    name: 'e\u0301',
    description: 'e\u0301\u200C',
  });
  expect(renamed.product).toMatchObject({ name: 'é', description: 'é\u200C' });
  expect(renamed.product?.sku).toMatch(/^é/);
});

test('a product is found by exactly one of id and SKU', async () => {
  const { id, sku } = await catalog.newProduct();
  for (const by of [{}, { id, sku }, { id: null }, { sku: null }, { id: null, sku: null }]) {
    await expect(catalog.products.find(caller, by)).rejects.toThrow('Give either id or sku');
  }
  expect((await catalog.products.find(caller, { id, sku: null }))?.id).toBe(id);
  expect((await catalog.products.find(caller, { id: id.toUpperCase() }))?.id).toBe(id);
  expect((await catalog.products.find(caller, { id: null, sku }))?.id).toBe(id);
});

test('unknown, foreign and malformed keys find nothing', async () => {
  const { id, sku } = await catalog.newProduct();
  expect(await catalog.products.find(otherCaller, { id })).toBeNull();
  expect(await catalog.products.find(otherCaller, { sku })).toBeNull();
  for (const by of [{ id: newId() }, { id: 'x' }, { id: '' }, { sku: 'a\0b' }, { sku: '' }]) {
    expect(await catalog.products.find(caller, by)).toBeNull();
  }
});

test('an update keeps omitted fields, and null clears those that can be cleared', async () => {
  const { product } = await catalog.products.create(caller, {
    sku: newId(),
    name: 'Vase',
    description: 'Tall',
  });
  const { id, sku } = given(product);
  const update = (more: object) => catalog.products.update(caller, { id, ...more });
  expect(rejectionOf(await update({ name: null }))).toEqual(['INVALID input.name']);
  expect(rejectionOf(await update({ sku: null }))).toEqual(['INVALID input.sku']);
  expect(rejectionOf(await update({ name: '' }))).toEqual(['INVALID input.name']);
  expect((await catalog.read(id)).version).toBe(1);

  const renamed = await update({ name: 'Jug', sku: undefined });
  expect(renamed.product).toMatchObject({ sku, name: 'Jug', description: 'Tall', version: 2 });
  expect((await update({ description: null })).product).toMatchObject({
    name: 'Jug',
    description: null,
  });
  const stored = await catalog.read(id);
  expect(stored.version).toBe(3);
  expect(stored.updatedAt.getTime()).toBeGreaterThanOrEqual(stored.createdAt.getTime());
});

test('rejects an update for an older version, and accepts one without a version', async () => {
  const { id } = await catalog.newProduct();
  const update = (more: object) => catalog.products.update(caller, { id, ...more });
  expect(rejectionOf(await update({ version: 1, name: 'One' }))).toEqual([]);
  expect(rejectionOf(await update({ version: 1, name: 'Two' }))).toEqual([
    'CONFLICT input.version',
  ]);
  expect(rejectionOf(await update({ version: 1 }))).toEqual(['CONFLICT input.version']);
  expect((await update({ version: 2 })).product).toMatchObject({ name: 'One', version: 2 });
  expect((await update({ version: null, name: 'Three' })).product).toMatchObject({ version: 3 });
});

test('of ten concurrent updates for one version one succeeds', async () => {
  const { id } = await catalog.newProduct();
  const results = await Promise.all(
    Array.from({ length: 10 }, (_none, index) =>
      catalog.products.update(caller, { id, version: 1, name: `Name ${index}` }),
    ),
  );
  expect(results.flatMap(rejectionOf)).toEqual(Array(9).fill('CONFLICT input.version'));
  expect((await catalog.read(id)).version).toBe(2);
});

test('files and variants do not change the version', async () => {
  const { id } = await catalog.newProduct({ variants: ['red'] });
  await catalog.attachNew(id, 'MAIN_IMAGE');
  expect((await catalog.read(id)).version).toBe(1);
});

test('neither changes nor deletes unknown and foreign products', async () => {
  const product = await catalog.newProduct();
  const { id } = product;
  for (const unknown of [newId(), 'x']) {
    const change = { id: unknown, name: 'New', version: 1 };
    expect(rejectionOf(await catalog.products.update(caller, change))).toEqual([
      'NOT_FOUND input.id',
    ]);
    const refused = await catalog.products.delete(caller, { id: unknown });
    expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  }
  const change = { id, name: 'New' };
  expect(rejectionOf(await catalog.products.update(otherCaller, change))).toEqual([
    'NOT_FOUND input.id',
  ]);
  const refused = await catalog.products.delete(otherCaller, { id });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  expect(await catalog.read(id)).toEqual(product);
});

test('deleting a product removes its variants and usages', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  await catalog.attachNew(id, 'MAIN_IMAGE');
  await catalog.attachNew(id, 'SWATCH', given(variants[0]).id);
  expect(await catalog.products.delete(caller, { id })).toMatchObject({ deletedId: id });
  expect(await catalog.products.find(caller, { id })).toBeNull();
  const { rows } = await catalog.database.pool.query(
    `SELECT FROM product_variants WHERE product_id = $1
     UNION ALL SELECT FROM product_media WHERE product_id = $1`,
    [id],
  );
  expect(rows).toEqual([]);
  expect(rejectionOf(await catalog.products.delete(caller, { id }))).toEqual([
    'NOT_FOUND input.id',
  ]);
});

test('attaching while the product is deleted leaves nothing behind', async () => {
  const { id } = await catalog.newProduct();
  const mediaIds = Array.from({ length: 10 }, () => catalog.cms.add());
  await Promise.all([
    ...mediaIds.map((mediaId) => catalog.productMedia.attach(caller, { productId: id, mediaId })),
    catalog.products.delete(caller, { id }),
  ]);
  const { rows } = await catalog.database.pool.query(
    'SELECT FROM product_media WHERE product_id = $1',
    [id],
  );
  expect(rows).toEqual([]);
});
