import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  refusalOf,
  stranger,
  useTestCatalog,
} from '../testing/catalog.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

test.each([
  [{ sku: '' }, 'INVALID input.sku'],
  [{ sku: ' \t ' }, 'INVALID input.sku'],
  [{ sku: 'x'.repeat(65) }, 'INVALID input.sku'],
  [{ sku: 'a\0b' }, 'INVALID input.sku'],
  [{ sku: 'a\nb' }, 'INVALID input.sku'],
  [{ name: 'a\r\nb' }, 'INVALID input.name'],
  [{ name: '' }, 'INVALID input.name'],
  [{ name: 'x'.repeat(256) }, 'INVALID input.name'],
  [{ name: '\uDC00' }, 'INVALID input.name'],
  [{ description: 'x'.repeat(10_001) }, 'INVALID input.description'],
  [{ description: 'a\u0007b' }, 'INVALID input.description'],
])('%j makes no product', async (more, refusal) => {
  const input = { sku: newId(), name: 'A product', ...more };
  expect(refusalOf(await catalog.products.create(caller, input))).toEqual([refusal]);
});

test('the longest of everything is taken, counted in characters', async () => {
  const input = {
    sku: 'é'.repeat(64),
    name: '🏺'.repeat(255),
    description: '\n'.repeat(2) + 'x'.repeat(10_000),
  };
  const { product, userErrors } = await catalog.products.create(caller, input);
  expect(userErrors).toEqual([]);
  expect(await catalog.read(given(product).id)).toEqual(product);
});

test('a product is stored without the spaces around its texts', async () => {
  const sku = newId();
  const input = { sku: ` ${sku} `, name: ' Vase ', description: ' ' };
  const { product } = await catalog.products.create(caller, input);
  expect(product).toMatchObject({ sku, name: 'Vase', description: null, version: 1 });
  expect(product).toMatchObject({ storeId: caller.storeId, variants: [], uses: [] });
  expect(await catalog.products.find(caller, { sku })).toEqual(product);
});

test('a SKU is taken for the whole store, and for no other store', async () => {
  const sku = newId();
  const create = async (who = caller) =>
    refusalOf(await catalog.products.create(who, { sku, name: 'n' }));
  expect(await create()).toEqual([]);
  expect(await create()).toEqual(['SKU_TAKEN input.sku']);
  expect(await create(stranger)).toEqual([]);
  const other = await catalog.newProduct();
  const update = await catalog.products.update(caller, { id: other.id, sku });
  expect(refusalOf(update)).toEqual(['SKU_TAKEN input.sku']);
  expect(await catalog.read(other.id)).toEqual(other);
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
  expect(await catalog.products.find(stranger, { id })).toBeNull();
  expect(await catalog.products.find(stranger, { sku })).toBeNull();
  for (const by of [{ id: newId() }, { id: 'x' }, { id: '' }, { sku: 'a\0b' }, { sku: '' }]) {
    expect(await catalog.products.find(caller, by)).toBeNull();
  }
});

test('what an update leaves out stays, and null clears what can be cleared', async () => {
  const { product } = await catalog.products.create(caller, {
    sku: newId(),
    name: 'Vase',
    description: 'Tall',
  });
  const { id, sku } = given(product);
  const update = (more: object) => catalog.products.update(caller, { id, ...more });
  expect(refusalOf(await update({ name: null }))).toEqual(['INVALID input.name']);
  expect(refusalOf(await update({ sku: null }))).toEqual(['INVALID input.sku']);
  expect(refusalOf(await update({ name: '' }))).toEqual(['INVALID input.name']);
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

test('an update for an older version is refused, and one for none is not', async () => {
  const { id } = await catalog.newProduct();
  const update = (more: object) => catalog.products.update(caller, { id, ...more });
  expect(refusalOf(await update({ version: 1, name: 'One' }))).toEqual([]);
  expect(refusalOf(await update({ version: 1, name: 'Two' }))).toEqual(['CONFLICT input.version']);
  expect(refusalOf(await update({ version: 1 }))).toEqual(['CONFLICT input.version']);
  expect((await update({ version: 2 })).product).toMatchObject({ name: 'One', version: 2 });
  expect((await update({ version: null, name: 'Three' })).product).toMatchObject({ version: 3 });
});

test('of ten updates for one version one succeeds', async () => {
  const { id } = await catalog.newProduct();
  const results = await Promise.all(
    Array.from({ length: 10 }, (_none, index) =>
      catalog.products.update(caller, { id, version: 1, name: `Name ${index}` }),
    ),
  );
  expect(results.flatMap(refusalOf)).toEqual(Array(9).fill('CONFLICT input.version'));
  expect((await catalog.read(id)).version).toBe(2);
});

test('files and variants leave the version alone', async () => {
  const { id } = await catalog.newProduct({ variants: ['red'] });
  await catalog.attachNew(id, 'MAIN_IMAGE');
  expect((await catalog.read(id)).version).toBe(1);
});

test('unknown and foreign products are neither changed nor deleted', async () => {
  const product = await catalog.newProduct();
  const { id } = product;
  for (const unknown of [newId(), 'x']) {
    const change = { id: unknown, name: 'New', version: 1 };
    expect(refusalOf(await catalog.products.update(caller, change))).toEqual([
      'NOT_FOUND input.id',
    ]);
    const refused = await catalog.products.delete(caller, { id: unknown });
    expect(refusalOf(refused)).toEqual(['NOT_FOUND input.id']);
  }
  const change = { id, name: 'New' };
  expect(refusalOf(await catalog.products.update(stranger, change))).toEqual([
    'NOT_FOUND input.id',
  ]);
  const refused = await catalog.products.delete(stranger, { id });
  expect(refusalOf(refused)).toEqual(['NOT_FOUND input.id']);
  expect(await catalog.read(id)).toEqual(product);
});

test('a deleted product takes its variants and uses with it', async () => {
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
  expect(refusalOf(await catalog.products.delete(caller, { id }))).toEqual(['NOT_FOUND input.id']);
});

test('whoever attaches while the product is deleted leaves nothing behind', async () => {
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
